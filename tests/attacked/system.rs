//! A service that is attacked through the operating system: it is stopped, has few file descriptors or threads, and
//! starts processes.
//!
//! ```text
//! attacked_system ADDRESS [--admin ADDRESS] [--second ADDRESS]
//! ```
//!
//! Handlers have a deadline of 1 s, and those that do something take half of it, in many steps.

#![allow(clippy::print_stdout, reason = "a command says what it does")]
#![allow(unreachable_pub, reason = "public methods are the commands of an actor")]

use std::fs::File;
use std::io::Write;
use std::process::Command;
use std::time::Duration;

use oserver::extract::{Path, State};
use oserver::routing::get;
use oserver::{HandlerState, Router, Supervisor};

const DEADLINE: Duration = Duration::from_secs(1);
/// Shorter than a test stops the process.
const SHUTDOWN: Duration = Duration::from_secs(3);
const STEPS: u32 = 20;
const STEP: Duration = Duration::from_millis(25);

#[oserver::handler]
async fn ok() -> &'static str {
    "Hello, World!"
}

async fn take_steps() {
    for _ in 0..STEPS {
        tokio::time::sleep(STEP).await;
    }
}

#[oserver::handler]
async fn steps() -> &'static str {
    take_steps().await;
    "at last"
}

#[oserver::handler]
fn sync_steps() -> &'static str {
    for _ in 0..STEPS {
        std::thread::sleep(STEP);
    }
    "at last"
}

#[oserver::handler]
async fn actor_steps(State(actors): State<Actors>) -> oserver::Result<&'static str> {
    actors.steps.steps().await?;
    Ok("at last")
}

#[oserver::handler]
async fn hang() -> &'static str {
    std::future::pending().await
}

#[oserver::handler]
fn block() -> &'static str {
    loop {
        std::thread::park();
    }
}

#[oserver::handler]
fn sync() -> &'static str {
    "Hello, World!"
}

#[oserver::handler]
async fn panic() -> &'static str {
    panic!("the handler panicked, as it was asked to")
}

/// Opens files until there are no more descriptors.
fn all_files() -> Vec<File> {
    std::iter::from_fn(|| File::open("/proc/self/status").ok()).collect()
}

/// Takes all descriptors, for ever.
#[oserver::handler]
fn open_files() -> String {
    let files = all_files();
    let number = files.len();
    std::mem::forget(files);
    number.to_string()
}

/// Has another file as stderr from now on, and a thread that panics while no descriptor is left.
#[oserver::handler]
fn rotate_without_files() -> oserver::Result<()> {
    let log = File::options().create(true).append(true).open("rotated")?;
    let files = all_files();
    rustix::stdio::dup2_stderr(&log)?;
    let thread = std::thread::Builder::new().name("rotating".into());
    let panicked = thread.spawn(|| panic!("no descriptor is left"))?.join();
    assert!(panicked.is_err());
    drop(files);
    Ok(())
}

/// Starts a process and waits for it.
#[oserver::handler]
fn run() -> oserver::Result<String> {
    let output = Command::new("echo").arg("from a child").output()?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Starts a process that outlives this one for a while.
#[oserver::handler]
fn orphan() -> oserver::Result<String> {
    Ok(Command::new("sleep").arg("20").spawn()?.id().to_string())
}

/// Has an actor panic so many times, one after the other.
#[oserver::handler(timeout = "60s")]
async fn restarts(
    State(actors): State<Actors>,
    Path(number): Path<u32>,
) -> oserver::Result<String> {
    for _ in 0..number {
        _ = actors.fragile.panic().await;
    }
    Ok(actors.fragile.count().await?.to_string())
}

struct Stepping;

#[oserver::actor]
impl Stepping {
    pub async fn steps(&mut self) {
        take_steps().await;
    }
}

struct Fragile(u32);

#[oserver::actor]
impl Fragile {
    pub fn panic(&mut self) {
        self.0 += 1;
        panic!("the actor panicked, as it was asked to")
    }

    pub fn count(&mut self) -> u32 {
        self.0
    }
}

#[derive(Clone, HandlerState)]
struct Actors {
    steps: SteppingHandle,
    fragile: FragileHandle,
}

fn routes() -> Router {
    let tireless = Supervisor::new()
        .restart_limit(usize::MAX, Duration::from_secs(1))
        .backoff(Duration::ZERO, Duration::ZERO);
    let actors = Actors {
        steps: Supervisor::new().timeout(DEADLINE).supervise(|| Stepping),
        fragile: tireless.supervise(|| Fragile(0)),
    };
    Router::new()
        .route("/ok", get(ok))
        .route("/steps", get(steps))
        .route("/sync-steps", get(sync_steps))
        .route("/actor-steps", get(actor_steps))
        .route("/hang", get(hang))
        .route("/block", get(block))
        .route("/sync", get(sync))
        .route("/panic", get(panic))
        .route("/open-files", get(open_files))
        .route("/rotate-without-files", get(rotate_without_files))
        .route("/run", get(run))
        .route("/orphan", get(orphan))
        .route("/restarts/{number}", get(restarts))
        .with_state(actors)
}

#[oserver::main]
async fn main() -> oserver::Result<()> {
    let (mut admin, mut second) = (None, None);
    let mut arguments = std::env::args().skip(1);
    let address = arguments.next().ok_or("usage: attacked_system ADDRESS [OPTIONS]")?;
    while let Some(argument) = arguments.next() {
        match &*argument {
            "--admin" => admin = arguments.next(),
            "--second" => second = arguments.next(),
            other => return Err(format!("what is `{other}`?").into()),
        }
    }
    let listener = oserver::bind(&address).await?;
    let mut places = format!("listening on http://{}", listener.local_addr()?);
    let routes = routes();
    let mut serve =
        oserver::serve(listener, routes.clone()).timeout(DEADLINE).shutdown_timeout(SHUTDOWN);
    if let Some(address) = admin {
        let admin = oserver::Admin::bind(address)?;
        places += &format!("\nadmin on http://{}", admin.local_addr()?);
        serve = serve.admin(admin);
    }
    let second = match second {
        Some(address) => Some(oserver::serve(oserver::bind(&address).await?, routes)),
        None => None,
    };
    std::io::stdout().write_all(format!("{places}\n").as_bytes())?;
    match second {
        // Neither waits for the other.
        Some(second) => {
            let second = tokio::spawn(second.into_future());
            serve.await?;
            second.await??;
        }
        None => serve.await?,
    }
    Ok(())
}
