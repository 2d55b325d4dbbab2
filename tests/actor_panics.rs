//! Ten thousand panics at random points of random commands, under 64 callers: in a process of its own,
//! whose tasks, threads and memory are counted.

#![allow(unreachable_pub, reason = "commands are public methods")]

mod common;

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use common::{PATIENCE, eventually, run_for};
use oserver::{CallError, Supervisor};

const CALLERS: usize = 64;
const PANICS: u64 = 10_000;
/// One of so many calls panics.
const ONE_OF: u64 = 4;
/// More calls than are needed for the panics.
const MOST_CALLS: usize = 200_000;

/// The facts that are known outside of the actor.
struct Scene {
    /// How often each call was begun.
    begun: Vec<AtomicU8>,
    next: AtomicUsize,
    made: AtomicU64,
    alive: AtomicU64,
    panics: AtomicU64,
}

struct Actor {
    scene: Arc<Scene>,
    /// Memory of a size that a leak would show.
    _memory: Vec<u8>,
}

impl Actor {
    fn make(scene: &Arc<Scene>) -> Self {
        scene.made.fetch_add(1, Ordering::SeqCst);
        scene.alive.fetch_add(1, Ordering::SeqCst);
        Self { scene: Arc::clone(scene), _memory: vec![1; 10_000] }
    }

    fn begin(&self, call: usize) {
        self.scene.begun[call].fetch_add(1, Ordering::SeqCst);
    }

    fn panic_at(&self, point: u64, here: u64) {
        if point == here {
            self.scene.panics.fetch_add(1, Ordering::SeqCst);
            panic!("at point {point}, as it was asked to");
        }
    }
}

impl Drop for Actor {
    fn drop(&mut self) {
        self.scene.alive.fetch_sub(1, Ordering::SeqCst);
    }
}

#[oserver::actor(mailbox_capacity = 64)]
impl Actor {
    pub fn at_once(&mut self, call: usize, point: u64) -> usize {
        self.begin(call);
        (0..4).for_each(|here| self.panic_at(point, here));
        call
    }

    pub async fn in_steps(&mut self, call: usize, point: u64) -> usize {
        self.begin(call);
        for here in 0..4 {
            tokio::task::yield_now().await;
            self.panic_at(point, here);
        }
        call
    }

    pub async fn with_a_value(&self, call: usize, point: u64) -> Vec<String> {
        self.begin(call);
        let kept = vec![call.to_string(); 3];
        self.panic_at(point, 0);
        tokio::task::yield_now().await;
        (1..4).for_each(|here| self.panic_at(point, here));
        kept
    }
}

/// One call of a caller's; says whether it had an answer that is no error.
async fn call(
    actor: &ActorHandle,
    scene: &Scene,
    random: &mut impl FnMut() -> u64,
) -> Option<bool> {
    let call = scene.next.fetch_add(1, Ordering::SeqCst);
    if call >= MOST_CALLS || scene.panics.load(Ordering::SeqCst) >= PANICS {
        return None;
    }
    // Past the last point there is none.
    let point = if random().is_multiple_of(ONE_OF) { random() % 4 } else { 4 };
    let answer = match random() % 3 {
        0 => actor.at_once(call, point).await,
        1 => actor.in_steps(call, point).await,
        _ => actor.with_a_value(call, point).await.map(|texts| {
            assert_eq!(texts.len(), 3);
            texts[0].parse().expect("a number")
        }),
    };
    Some(match answer {
        Ok(number) => {
            assert_eq!(number, call, "the answer of another call");
            assert_eq!(point, 4, "it was to panic");
            true
        }
        Err(CallError::Restarted) => {
            assert!(point < 4, "the panic of another call");
            false
        }
        Err(other) => panic!("{other}"),
    })
}

#[test]
fn every_call_is_answered_once_and_nothing_is_left_behind() {
    run_for(4 * PATIENCE, async {
        let scene = Arc::new(Scene {
            begun: (0..MOST_CALLS).map(|_| AtomicU8::new(0)).collect(),
            next: AtomicUsize::new(0),
            made: AtomicU64::new(0),
            alive: AtomicU64::new(0),
            panics: AtomicU64::new(0),
        });
        let tasks = || tokio::runtime::Handle::current().metrics().num_alive_tasks();
        let tasks_before = tasks();
        let actor = {
            let scene = Arc::clone(&scene);
            Supervisor::new()
                .restart_limit(usize::MAX, Duration::from_secs(60))
                .backoff(Duration::ZERO, Duration::ZERO)
                .supervise(move || Actor::make(&scene))
        };
        // The symbols of the first panic's frames are found in the background, and kept.
        while call(&actor, &scene, &mut random_numbers()).await != Some(false) {}
        settled().await;
        let already = scene.next.load(Ordering::SeqCst);
        let callers: Vec<_> = (0..CALLERS)
            .map(|_| {
                let (actor, scene) = (actor.clone(), Arc::clone(&scene));
                tokio::spawn(async move {
                    let mut random = random_numbers();
                    let (mut answers, mut errors) = (0_usize, 0_usize);
                    while let Some(answered) = call(&actor, &scene, &mut random).await {
                        if answered { answers += 1 } else { errors += 1 }
                    }
                    (answers, errors)
                })
            })
            .collect();
        // When all is warm.
        eventually("a fifth of the panics", || scene.panics.load(Ordering::SeqCst) >= PANICS / 5)
            .await;
        let (threads, memory) = (threads(), memory());
        // One error so far, and what came before it.
        let (mut answers, mut errors) = (already - 1, 1);
        for caller in callers {
            let (own_answers, own_errors) = caller.await.expect("each call has its own answer");
            answers += own_answers;
            errors += own_errors;
        }
        let panics = scene.panics.load(Ordering::SeqCst);
        assert!(panics >= PANICS, "{panics} after {answers} answers");
        assert_eq!(errors as u64, panics, "each panic is one call's error");
        let begun: Vec<_> = scene.begun.iter().map(|begun| begun.load(Ordering::SeqCst)).collect();
        assert_eq!(begun.iter().filter(|begun| **begun == 1).count(), answers + errors);
        assert!(begun.iter().all(|begun| *begun <= 1), "a call was run twice");
        eventually("the last restart", || scene.made.load(Ordering::SeqCst) == panics + 1).await;
        assert_eq!(scene.alive.load(Ordering::SeqCst), 1, "the others are gone");
        drop(actor);
        eventually("the actor's end", || scene.alive.load(Ordering::SeqCst) == 0).await;
        eventually("the end of its tasks", || tasks() == tasks_before).await;
        assert_eq!(scene.made.load(Ordering::SeqCst), panics + 1, "restarts are counted exactly");
        assert!(self::threads() <= threads, "{} threads after {threads}", self::threads());
        let grown = self::memory().saturating_sub(memory);
        // A kilobyte for each panic would be eight times as much.
        assert!(grown < 1024, "{grown} KiB more after {} panics", PANICS * 4 / 5);
    });
}

/// Waits until the memory is the same for a while.
async fn settled() {
    let (mut last, mut looks) = (memory(), 0);
    eventually("nothing more is taken", || {
        let now = memory();
        looks = if now.abs_diff(last) < 64 { looks + 1 } else { 0 };
        last = now;
        looks == 100
    })
    .await;
}

/// Returns the number of threads of this process; 0 where there is no `/proc`.
fn threads() -> usize {
    std::fs::read_dir("/proc/self/task").map_or(0, Iterator::count)
}

/// Returns the resident memory of this process, in KiB; 0 where there is no `/proc`.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok()).unwrap_or(0)
}

/// Other ones each time.
fn random_numbers() -> impl FnMut() -> u64 {
    let state = RandomState::new();
    let mut number = 0_u64;
    move || {
        number += 1;
        let mut hasher = state.build_hasher();
        hasher.write_u64(number);
        hasher.finish()
    }
}
