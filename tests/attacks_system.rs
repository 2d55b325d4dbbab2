//! The effects of the operating system on a server: it is stopped, has few file descriptors, or few threads.

#![cfg(unix)]

mod common;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use common::faults::{Faults, Leash};
use common::{Client, PATIENCE, eventually, run_for};
use tokio::net::TcpStream;

/// Longer than any deadline of the service.
const STOP: Duration = Duration::from_secs(4);

fn system(limits: &str) -> Faults {
    Faults::attacked_system(limits, &[])
}

/// Faults that no request has whose time it is not.
fn faults_of(system: &Faults) -> Vec<serde_json::Value> {
    let mut records = system.records();
    records.retain(|record| record["level"] == "ERROR");
    records
}

/// Plays a scenario in which the process is stopped. If something is wrong, and the machine had no CPU for the process,
/// it plays it again: whoever does not run for long enough is not told from one that is stopped.
async fn with_stops(scenario: impl AsyncFn(&mut Faults) -> Result<(), String>) {
    let mut wrong = String::new();
    for _ in 0..5 {
        let mut system = system("true");
        match scenario(&mut system).await {
            Ok(()) => return,
            Err(what) => wrong = what,
        }
        let waited = system.waited_for_cpu();
        assert!(waited > Duration::from_millis(300), "{wrong}: {:#?}", system.records());
    }
    panic!("{wrong}, whenever it is tried");
}

fn must(is_so: bool, what: impl std::fmt::Display) -> Result<(), String> {
    if is_so { Ok(()) } else { Err(what.to_string()) }
}

#[test]
fn the_time_in_which_the_process_was_stopped_is_nobodys() {
    run_for(
        10 * PATIENCE,
        with_stops(async |system| {
            // More than once: it is chance which thread goes on first.
            for stop in 1..=3 {
                let mut asking = Vec::new();
                for path in ["/steps", "/sync-steps", "/actor-steps"] {
                    let mut client = system.connect().await;
                    asking.push((path, tokio::spawn(async move { client.get(path).await })));
                }
                // They are about in the middle.
                tokio::time::sleep(Duration::from_millis(200)).await;
                system.signal("STOP");
                tokio::time::sleep(STOP).await;
                system.signal("CONT");
                for (path, asked) in asking {
                    let status = asked.await.expect("no panic").status;
                    must(status == 200, format_args!("{path}: {status}"))?;
                }
                must(system.ask("/readyz").await.status == 200, "it is not ready")?;
                must(system.ask("/healthz").await.status == 200, "it is not live")?;
                must(faults_of(system).is_empty(), "there are faults")?;
                eventually("the stop is recorded", || system.recorded("process-stopped") >= stop)
                    .await;
            }
            // Deadlines hold as ever.
            let begin = Instant::now();
            assert_eq!(system.get("/hang").await.status, 504);
            must(begin.elapsed() < STOP, format_args!("/hang took {:?}", begin.elapsed()))
        }),
    );
}

#[test]
fn a_stop_during_shutdown_cuts_nothing_off() {
    run_for(
        10 * PATIENCE,
        with_stops(async |system| {
            let mut client = system.connect().await;
            let asked = tokio::spawn(async move { client.get("/steps").await.status });
            system.is_in_flight("GET /steps", 1).await;
            system.signal("TERM");
            eventually("it stops", || system.recorded("stopping") == 1).await;
            system.signal("STOP");
            tokio::time::sleep(STOP).await;
            system.signal("CONT");
            let answer = asked.await.expect("no panic");
            must(answer == 200, format_args!("{answer}"))?;
            let status = system.ends().await;
            assert!(status.success(), "{status}: {:#?}", system.records());
            Ok(())
        }),
    );
}

/// A client that was answered before the stop may ask again after it.
#[test]
fn connections_that_were_idle_are_there_after_a_stop() {
    run_for(
        10 * PATIENCE,
        with_stops(async |system| {
            let mut client = system.connect().await;
            assert_eq!(client.get("/ok").await.status, 200);
            system.signal("STOP");
            let mut waiting = Client::connect(system.address).await;
            let waiting = tokio::spawn(async move { waiting.get("/steps").await.status });
            tokio::time::sleep(STOP).await;
            system.signal("CONT");
            assert_eq!(client.get("/ok").await.status, 200);
            must(waiting.await.expect("no panic") == 200, "it began after the stop, and is late")
        }),
    );
}

#[test]
fn idle_clients_leave_file_descriptors_to_probes_and_handlers() {
    run_for(4 * PATIENCE, async {
        let system = system("ulimit -n 64");
        let mut innocent = system.connect().await;
        assert_eq!(innocent.get("/ok").await.status, 200);
        let mut idle = Vec::new();
        for _ in 0..120 {
            idle.push(TcpStream::connect(system.address).await.expect("the queue has room"));
        }
        eventually("it is recorded", || system.recorded("accept-error") > 0).await;
        for _ in 0..10 {
            let probe = tokio::time::timeout(Duration::from_secs(5), system.ask("/healthz"));
            assert_eq!(probe.await.expect("it has to wait").status, 200);
            assert_eq!(innocent.get("/ok").await.status, 200);
            assert_eq!(innocent.get("/run").await.text(), "from a child\n");
        }
        drop(idle);
        assert_eq!(system.get("/ok").await.status, 200);
    });
}

#[test]
fn a_probe_is_answered_though_handlers_have_all_file_descriptors() {
    run_for(8 * PATIENCE, async {
        let system = system("ulimit -n 64");
        let mut innocent = system.connect().await;
        let files: usize = innocent.get("/open-files").await.text().parse().expect("a number");
        assert!(files > 4, "{files}");
        // Others want a descriptor, too.
        let waiting = TcpStream::connect(system.address).await.expect("the queue has room");
        eventually("there are none left", || system.recorded("accept-error") > 0).await;
        for _ in 0..5 {
            // A server that was about to accept may take the descriptor. Then the probe gets the next one that is
            // free: when that client has said nothing for 30 s.
            let probe = tokio::time::timeout(2 * PATIENCE, system.ask("/healthz"));
            assert_eq!(probe.await.expect("it has to wait").status, 200);
            assert_eq!(innocent.get("/ok").await.status, 200);
            // The descriptor that is kept for a probe is there again.
            tokio::time::sleep(Duration::from_millis(1500)).await;
        }
        drop(waiting);
    });
}

#[test]
fn handlers_may_start_processes_and_these_keep_no_port() {
    run_for(4 * PATIENCE, async {
        let mut system = system("true");
        let mut running = tokio::task::JoinSet::new();
        for _ in 0..50 {
            let mut client = system.connect().await;
            running.spawn(async move {
                let reply = client.get("/run").await;
                (reply.status.as_u16(), reply.text().to_owned())
            });
        }
        for (status, text) in running.join_all().await {
            // When many need a thread at a time, some may have to be turned away.
            assert!(
                (status, &*text) == (200, "from a child\n") || status == 503,
                "{status} {text}"
            );
        }
        let orphan = system.get("/orphan").await;
        let orphan = Leash::on(orphan.text().parse().expect("its id"));
        let (address, admin) = (system.address, system.admin.expect("it was asked for"));
        system.signal("TERM");
        assert!(system.ends().await.success());
        for address in [address, admin] {
            let again = std::net::TcpListener::bind(address);
            again.unwrap_or_else(|error| panic!("{address} is held by a child: {error}"));
        }
        drop(orphan);
    });
}

#[test]
fn thousands_of_restarts_of_an_actor_leave_nothing_behind() {
    run_for(6 * PATIENCE, async {
        let system = system("true");
        assert_eq!(system.get("/restarts/200").await.text(), "0");
        // Symbols are read once, which takes memory.
        eventually("the backtrace", || system.recorded("panic-backtrace") == 1).await;
        let (before, memory) = (system.resources(), system.memory());
        assert_eq!(system.get("/restarts/3000").await.text(), "0", "a fresh one");
        assert_eq!(system.get("/ok").await.status, 200);
        assert_eq!(system.ask("/healthz").await.status, 200);
        system.settles(before, 0).await;
        if let (Some(before), Some(after)) = (memory, system.memory()) {
            assert!(after < before + (16 << 20), "{before} bytes, then {after}");
        }
    });
}

/// A service that starts twice must not seem to run.
#[test]
fn a_server_that_cannot_start_beside_another_ends_the_process_with_its_address() {
    run_for(4 * PATIENCE, async {
        let first = system("true");
        let taken = first.address.to_string();
        let mut command =
            std::process::Command::new(common::faults::build_program("attacked_system"));
        command.args(["127.0.0.1:0", "--second", &taken]).stdin(std::process::Stdio::null());
        let output = command.output().expect("it starts");
        assert_eq!(output.status.code(), Some(1));
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains(&taken), "{said}");
        assert_eq!(first.get("/ok").await.status, 200);
    });
}

/// Connections that wait for their end must not keep the port from the next process.
#[test]
fn a_port_is_free_for_the_next_process_at_once() {
    run_for(4 * PATIENCE, async {
        for signal in ["KILL", "TERM"] {
            let mut first = system("true");
            let mut clients = Vec::new();
            for _ in 0..20 {
                let mut client = first.connect().await;
                assert_eq!(client.get("/ok").await.status, 200);
                clients.push(client);
            }
            let address = first.address;
            first.signal(signal);
            first.ends().await;
            let next = Faults::attacked_system_on(&address.to_string());
            assert_eq!(next.get("/ok").await.status, 200);
        }
    });
}

/// A control group that has no more than so many threads.
struct ThreadGroup(PathBuf);

impl ThreadGroup {
    /// Puts a process into one. `None` where that cannot be had: the test is skipped.
    fn of(process: u32, most: u32) -> Option<Self> {
        // Version 1 has a folder for each controller.
        for parent in ["/sys/fs/cgroup/pids", "/sys/fs/cgroup"] {
            let group = Self(PathBuf::from(format!("{parent}/oserver-test-{process}")));
            if std::fs::create_dir(&group.0).is_ok()
                && group.write("pids.max", most).is_ok()
                && group.write("cgroup.procs", process).is_ok()
            {
                return Some(group);
            }
        }
        common::tools::skip("only root can make a control group with a limit of threads");
        None
    }

    fn write(&self, file: &str, value: u32) -> std::io::Result<()> {
        std::fs::write(self.0.join(file), value.to_string())
    }

    /// Gives it another limit.
    fn allow(&self, most: u32) {
        self.write("pids.max", most).expect("it is ours");
    }
}

impl Drop for ThreadGroup {
    fn drop(&mut self) {
        // It goes with its last process.
        for _ in 0..500 {
            if std::fs::remove_dir(&self.0).is_ok() || !self.0.exists() {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

/// Threads that are lost count against what the system gives, too, and not only against the budget.
#[test]
fn where_the_system_gives_no_more_threads_requests_are_refused_and_the_process_ends() {
    run_for(6 * PATIENCE, async {
        let mut system = system("true");
        assert_eq!(system.get("/sync").await.status, 200);
        let Some(_group) = ThreadGroup::of(system.id(), 24) else { return };
        let mut blocked = tokio::task::JoinSet::new();
        for _ in 0..40 {
            let mut client = system.connect().await;
            blocked.spawn(async move { client.get("/block").await.status.as_u16() });
        }
        for status in blocked.join_all().await {
            assert!([503, 504].contains(&status), "{status}");
        }
        // A thread that has done its work in the meantime leaves room for another.
        let begin = Instant::now();
        while system.get("/sync").await.status == 200 {
            assert!(begin.elapsed() < PATIENCE, "there are always threads");
            system.get("/block").await;
        }
        // At once, and not at its deadline.
        let refused = system.get("/sync").await;
        assert_eq!(refused.status, 503, "{}", refused.text());
        let id = refused.header("x-request-id");
        eventually("the refusal is recorded", || system.kinds(id) == ["refused"]).await;
        eventually("the reason is recorded", || system.recorded("no-thread") == 1).await;
        assert_eq!(system.get("/ok").await.status, 200, "it needs no thread");
        let begin = Instant::now();
        loop {
            let health = system.ask("/healthz").await;
            if health.status == 503 {
                assert!(health.text().contains("gives no more threads"), "{}", health.text());
                break;
            }
            assert!(begin.elapsed() < PATIENCE, "it is half dead, and says that it is live");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        assert_eq!(system.ends().await.code(), Some(oserver::EXIT_UNRECOVERABLE.into()));
    });
}

/// tokio panics for a task of its blocking pool where the system gives the pool not even one thread. A task a second is
/// the canary's, whose thread also finds out that the process was stopped.
#[test]
#[cfg(target_os = "linux")]
fn a_canary_outlives_a_time_in_which_the_system_gives_tokios_pool_no_thread() {
    run_for(6 * PATIENCE, async {
        let system = system("true");
        // Before the first of these tasks, which comes within a second.
        let threads = system.resources().expect("there is a /proc").threads;
        let most = u32::try_from(threads).expect("a few");
        let Some(group) = ThreadGroup::of(system.id(), most) else { return };
        assert_eq!(system.get("/ok").await.status, 200);
        tokio::time::sleep(Duration::from_secs(3)).await;
        group.allow(200);
        let begin = Instant::now();
        while system.recorded("process-stopped") == 0 {
            assert!(begin.elapsed() < PATIENCE, "nobody looks: {:#?}", system.records());
            system.signal("STOP");
            tokio::time::sleep(Duration::from_secs(1)).await;
            system.signal("CONT");
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        assert_eq!(system.recorded("panic"), 0, "{:#?}", system.records());
        assert_eq!(system.ask("/healthz").await.status, 200);
    });
}

#[test]
#[cfg(target_os = "linux")]
fn a_log_file_at_its_largest_size_ends_no_server() {
    run_for(4 * PATIENCE, async {
        let log = tempfile::NamedTempFile::new().expect("a file");
        let path = log.path().display();
        // Blocks of 512 or 1,024 bytes: room for a few records.
        let mut system = system(&format!("exec 2>{path}; ulimit -f 4"));
        for _ in 0..50 {
            assert_eq!(system.get("/panic").await.status, 500);
        }
        assert_eq!(system.get("/ok").await.status, 200);
        system.signal("TERM");
        assert!(system.ends().await.success());
    });
}

#[test]
#[cfg(target_os = "linux")]
fn a_rotation_without_a_file_descriptor_ends_no_log() {
    run_for(4 * PATIENCE, async {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().display();
        let system = system(&format!("cd {path}; exec 2>first; ulimit -n 64"));
        let mut client = system.connect().await;
        assert_eq!(client.get("/rotate-without-files").await.status, 200);
        assert_eq!(client.get("/panic").await.status, 500);
        let read = |name| std::fs::read_to_string(folder.path().join(name)).unwrap_or_default();
        let (first, rotated) = (read("first"), read("rotated"));
        let of_thread = "\"thread\":\"rotating\"";
        assert!(first.contains(of_thread) || rotated.contains(of_thread), "{first}{rotated}");
        assert!(rotated.contains("as it was asked to"), "{first}{rotated}");
    });
}
