//! What the operating system does to a server: it is stopped, has few file descriptors, or few threads.

#![cfg(unix)]

mod common;

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

#[test]
fn the_time_in_which_the_process_was_stopped_is_nobodys() {
    run_for(4 * PATIENCE, async {
        let system = system("true");
        // More than once: it is chance which thread goes on first.
        for _ in 0..3 {
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
                let reply = asked.await.expect("no panic");
                assert_eq!(reply.status, 200, "{path}: {:#?}", system.records());
            }
            assert_eq!(system.ask("/readyz").await.status, 200);
            assert_eq!(system.ask("/healthz").await.status, 200);
            assert_eq!(faults_of(&system), Vec::<serde_json::Value>::new());
        }
        eventually("the stops are recorded", || system.recorded("process-stopped") >= 3).await;
        // Deadlines hold as ever.
        let begin = Instant::now();
        assert_eq!(system.get("/hang").await.status, 504);
        assert!(begin.elapsed() < STOP, "{:?}", begin.elapsed());
    });
}

/// A client that was answered before the stop may ask again after it.
#[test]
fn connections_that_were_idle_are_there_after_a_stop() {
    run_for(4 * PATIENCE, async {
        let system = system("true");
        let mut client = system.connect().await;
        assert_eq!(client.get("/ok").await.status, 200);
        system.signal("STOP");
        let mut waiting = Client::connect(system.address).await;
        let waiting = tokio::spawn(async move { waiting.get("/steps").await.status });
        tokio::time::sleep(STOP).await;
        system.signal("CONT");
        assert_eq!(client.get("/ok").await.status, 200);
        assert_eq!(waiting.await.expect("no panic"), 200, "it began after the stop");
    });
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
    run_for(4 * PATIENCE, async {
        let system = system("ulimit -n 64");
        let mut innocent = system.connect().await;
        let files: usize = innocent.get("/open-files").await.text().parse().expect("a number");
        assert!(files > 4, "{files}");
        // Others want a descriptor, too.
        let waiting = TcpStream::connect(system.address).await.expect("the queue has room");
        eventually("there are none left", || system.recorded("accept-error") > 0).await;
        for _ in 0..5 {
            let probe = tokio::time::timeout(Duration::from_secs(10), system.ask("/healthz"));
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
            // Of many that need a thread at a time some may have to be turned away.
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
