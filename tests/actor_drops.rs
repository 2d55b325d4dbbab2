//! The values of an ended actor are dropped where they may block as long as they like: never on a thread that
//! judges others, and judged as everything else of the actor's is.

#![allow(unreachable_pub, reason = "commands are public methods")]

mod common;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use common::{Client, PATIENCE, TestServer, eventually, run};
use oserver::{Admin, CallError, Router, Supervisor};
use serde_json::Value;

/// The behaviour of an actor's drops, and the threads that ran them.
#[derive(Default)]
struct Scene {
    threads: Mutex<Vec<String>>,
    blocks: AtomicBool,
    blocked: AtomicBool,
}

impl Scene {
    fn drops(&self) -> Vec<String> {
        self.threads.lock().expect("no panic with it").clone()
    }
}

/// Something of a user's.
struct Droppable(Arc<Scene>);

impl Drop for Droppable {
    fn drop(&mut self) {
        let name = std::thread::current().name().unwrap_or_default().to_owned();
        self.0.threads.lock().expect("no panic with it").push(name);
        while self.0.blocks.load(Ordering::SeqCst) {
            self.0.blocked.store(true, Ordering::SeqCst);
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

struct Actor(Option<Droppable>);

#[oserver::actor(timeout = "1s")]
impl Actor {
    pub fn ask(&mut self) -> bool {
        self.0.is_some()
    }

    /// Blocks first: its `await` comes after the incarnation was abandoned.
    pub async fn block_for(&mut self, time: Duration) {
        std::thread::sleep(time);
        tokio::task::yield_now().await;
    }
}

/// A server, and where it says how its actors are.
async fn server() -> (TestServer, SocketAddr) {
    let admin = Admin::bind("127.0.0.1:0").expect("a free port");
    let address = admin.local_addr().expect("an address");
    let app = Router::new().route("/health", oserver::health());
    (TestServer::start_with(app, |serve| serve.admin(admin)).await, address)
}

/// Waits until the server's status is as it should be.
async fn until(admin: SocketAddr, what: &str, is_so: impl Fn(&Value) -> bool) {
    let begin = Instant::now();
    loop {
        let status = Client::connect(admin).await.get("/status.json").await.json();
        if is_so(&status) {
            return;
        }
        assert!(begin.elapsed() < PATIENCE, "{what} did not happen: {status:#}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[test]
fn the_watchdog_drops_no_value_of_an_actor() {
    const ACTORS: usize = 20;
    run(async {
        let scene = Arc::new(Scene::default());
        let calls: Vec<_> = (0..ACTORS)
            .map(|_| {
                let captured = Droppable(Arc::clone(&scene));
                let limited = Supervisor::new().timeout(Duration::from_millis(100));
                let actor = limited.supervise(move || {
                    let _captured = &captured;
                    Actor(None)
                });
                // It is given up while nobody has a handle any more, and its thread comes back.
                tokio::spawn(async move { actor.block_for(Duration::from_millis(400)).await })
            })
            .collect();
        for call in calls {
            let answer = call.await.expect("no panic");
            assert!(matches!(answer, Err(CallError::Restarted | CallError::Expired)), "{answer:?}");
        }
        eventually("the factories go", || scene.drops().len() == ACTORS).await;
        let drops = scene.drops();
        let judges = ["oserver-watchdog", "oserver-canary"];
        assert!(!drops.iter().any(|thread| judges.contains(&&**thread)), "{drops:?}");
    });
}

#[test]
fn a_blocked_drop_of_an_abandoned_incarnation_is_one_blocked_thread() {
    run(async {
        let (_server, admin) = server().await;
        let scene = Arc::new(Scene::default());
        let actor = {
            let scene = Arc::clone(&scene);
            oserver::supervise(move || Actor(Some(Droppable(Arc::clone(&scene)))))
        };
        assert_eq!(actor.ask().await, Ok(true));
        scene.blocks.store(true, Ordering::SeqCst);
        let answer = actor.block_for(Duration::from_secs(2)).await;
        assert!(matches!(answer, Err(CallError::Restarted | CallError::Expired)), "{answer:?}");
        eventually("its thread comes back", || scene.blocked.load(Ordering::SeqCst)).await;
        assert_eq!(actor.ask().await, Ok(true), "of a fresh one");
        until(admin, "it counts", |status| {
            // The one incarnation is counted, and only once.
            let actor = &status["actors"][0];
            actor["stuck"] == 1 && status["blocked_threads"] == 1
        })
        .await;
        let status = Client::connect(admin).await.get("/status.json").await.json();
        assert_eq!(status["actors"][0]["overruns"], 1, "{status:#}");
        scene.blocks.store(false, Ordering::SeqCst);
        until(admin, "the thread comes back", |status| {
            status["actors"][0]["stuck"] == 0 && status["blocked_threads"] == 0
        })
        .await;
    });
}

#[test]
fn factories_whose_drops_block_are_counted_and_take_no_worker_from_others() {
    const ACTORS: usize = 8;
    run(async {
        let (server, admin) = server().await;
        let scene = Arc::new(Scene::default());
        scene.blocks.store(true, Ordering::SeqCst);
        let make = |_| {
            let captured = Droppable(Arc::clone(&scene));
            Supervisor::new().name("left").supervise(move || {
                let _captured = &captured;
                Actor(None)
            })
        };
        let actors: Vec<_> = (0..ACTORS).map(make).collect();
        for actor in &actors {
            assert_eq!(actor.ask().await, Ok(false));
        }
        drop(actors);
        eventually("all are dropped", || scene.drops().len() == ACTORS).await;
        until(admin, "all are judged", |status| {
            let actors = status["actors"].as_array().expect("actors").iter();
            let stuck = actors.filter(|actor| actor["name"] == "left" && actor["stuck"] == 1);
            stuck.count() == ACTORS && status["blocked_threads"] == ACTORS
        })
        .await;
        assert_eq!(server.get("/health").await.status, 200);
        scene.blocks.store(false, Ordering::SeqCst);
        until(admin, "the threads come back", |status| status["blocked_threads"] == 0).await;
    });
}
