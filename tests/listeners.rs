//! The listeners of a server.

mod common;

use std::future::{IntoFuture, pending};
use std::io;
use std::net::SocketAddr;
use std::os::fd::OwnedFd;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::path::Path;
use std::pin::Pin;
use std::time::Duration;

use common::faults::Faults;
use common::{Client, PATIENCE, TestServer, eventually, run, tools};
use oserver::routing::get;
use oserver::{BoundListener, Listener, Router, Socket};
use tokio::io::AsyncReadExt;
use tokio::net::{TcpListener, TcpStream};

#[oserver::handler]
async fn ok() -> &'static str {
    "Hello, World!"
}

fn router() -> Router {
    Router::new().route("/ok", get(ok))
}

async fn is_served(client: &mut Client) -> bool {
    client.get("/ok").await.text() == "Hello, World!"
}

fn is_socket(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|metadata| metadata.file_type().is_socket())
}

#[test]
fn one_server_listens_on_several_addresses_of_several_kinds() {
    run(async {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("socket");
        let unix = oserver::bind(format!("unix:{}", path.display())).await.expect("a socket");
        let second = oserver::bind("localhost:0").await.expect("a free port");
        let second_address = second.local_addr().expect("an address");
        let server =
            TestServer::start_with(router(), |serve| serve.add_listener(unix).add_listener(second))
                .await;
        assert!(is_served(&mut server.connect().await).await);
        assert!(is_served(&mut Client::connect(second_address).await).await);
        assert!(is_served(&mut Client::connect_unix(&path).await).await);
        assert_eq!(server.route("GET /ok").requests, 3);
    });
}

#[test]
fn a_listener_that_other_code_bound_is_served() {
    run(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let listener = BoundListener::from(listener);
        assert_eq!(listener.local_addr().expect("an address"), address);
        let server = TestServer::start_with(router(), |serve| serve.add_listener(listener)).await;
        assert!(is_served(&mut Client::connect(address).await).await);
        drop(server);
    });
}

#[test]
fn a_unix_socket_that_other_code_bound_is_served_and_stays() {
    run(async {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("socket");
        let listener = tokio::net::UnixListener::bind(&path).expect("a socket");
        let listener = BoundListener::from(listener);
        let server = TestServer::start_with(router(), |serve| serve.add_listener(listener)).await;
        assert!(is_served(&mut Client::connect_unix(&path).await).await);
        drop(server);
        assert!(is_socket(&path));
    });
}

/// As many as 128, which is what std asks for, are soon there while the process is held up.
#[test]
#[cfg(target_os = "linux")]
fn a_burst_of_connections_waits_until_the_server_accepts() {
    const BURST: usize = 200;
    run(async {
        let allowed =
            std::fs::read_to_string("/proc/sys/net/core/somaxconn").expect("a system with `/proc`");
        if allowed.trim().parse::<usize>().expect("a number") < BURST {
            return tools::skip("this system lets fewer connections wait");
        }
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("socket");
        let unix = oserver::bind(format!("unix:{}", path.display())).await.expect("a socket");
        let tcp = oserver::bind("127.0.0.1:0").await.expect("a free port");
        let address = tcp.local_addr().expect("an address");
        let mut waiting = Vec::new();
        for number in 0..BURST {
            let connected = tokio::time::timeout(PATIENCE, TcpStream::connect(address)).await;
            let connected = connected.unwrap_or_else(|_| panic!("number {number} finds no room"));
            waiting.push(connected.expect("it listens"));
            tokio::net::UnixStream::connect(&path).await.expect("there is room");
        }
        tokio::spawn(oserver::serve(tcp, router()).add_listener(unix).into_future());
        let last = waiting.pop().expect("one");
        drop(waiting);
        assert!(is_served(&mut Client::over(last).await).await);
        assert!(is_served(&mut Client::connect_unix(&path).await).await);
    });
}

#[test]
fn a_server_listens_on_ipv6() {
    run(async {
        let listener = match oserver::bind("[::1]:0").await {
            Ok(listener) => listener,
            Err(error) => return tools::skip(&format!("this machine has no IPv6: {error}")),
        };
        let address = listener.local_addr().expect("an address");
        assert!(address.is_ipv6());
        tokio::spawn(oserver::serve(listener, router()).into_future());
        assert!(is_served(&mut Client::connect(address).await).await);
    });
}

#[test]
fn a_unix_socket_has_the_mode_it_was_given_and_goes_with_its_listener() {
    run(async {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("socket");
        let address = format!("unix:{}", path.display());
        let listener = oserver::bind(&address).await.expect("a socket").mode(0o660).expect("ours");
        let mode = path.metadata().expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o660);
        drop(listener);
        assert!(!path.exists());
    });
}

#[test]
fn the_socket_of_a_process_that_ended_badly_is_replaced() {
    run(async {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("socket");
        let address = format!("unix:{}", path.display());
        let faults = Faults::start_on(&address, std::process::Stdio::null(), &[]);
        // Killed, it removes nothing.
        drop(faults);
        assert!(is_socket(&path));
        let listener = oserver::bind(&address).await.expect("the file is replaced");
        tokio::spawn(oserver::serve(listener, router()).into_future());
        assert!(is_served(&mut Client::connect_unix(&path).await).await);
    });
}

#[test]
fn a_file_that_is_no_socket_or_a_socket_that_lives_is_left_alone() {
    run(async {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("file");
        std::fs::write(&path, "precious").expect("written");
        let error = oserver::bind(format!("unix:{}", path.display())).await.expect_err("a file");
        assert!(error.to_string().contains("is not a socket"), "{error}");
        assert_eq!(std::fs::read_to_string(&path).expect("still there"), "precious");

        let path = folder.path().join("socket");
        let address = format!("unix:{}", path.display());
        let listener = oserver::bind(&address).await.expect("a socket");
        let error = oserver::bind(&address).await.expect_err("it is in use");
        assert_eq!(error.kind(), io::ErrorKind::AddrInUse);
        assert!(is_socket(&path));
        drop(listener);
    });
}

#[test]
fn the_socket_of_a_successor_is_not_removed() {
    run(async {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("socket");
        let address = format!("unix:{}", path.display());
        let first = oserver::bind(&address).await.expect("a socket");
        // A successor that puts its own in place.
        let other = format!("unix:{}", folder.path().join("other").display());
        let second = oserver::bind(&other).await.expect("a socket");
        std::fs::rename(folder.path().join("other"), &path).expect("renamed");
        drop(first);
        assert!(is_socket(&path), "it is the successor's");
        drop(second);
    });
}

#[test]
fn a_socket_that_a_parent_hands_over_is_served() {
    run(async {
        let socket = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = socket.local_addr().expect("an address");
        // It is served already: the socket queues.
        let early = tokio::spawn(async move { Client::connect(address).await.get("/ok").await });
        let announced = [("LISTEN_FDS", "1"), ("LISTEN_FDS_FIRST_FD", "0")];
        let first = Faults::start_on("inherited", hand_over(&socket), &announced);
        assert_eq!(first.address, address);
        assert_eq!(early.await.expect("no panic").status, 200);
        // By its address it is found as well.
        let second = Faults::start_on(&address.to_string(), hand_over(&socket), &announced);
        assert_eq!(second.address, address);
        drop(first);
        assert_eq!(second.get("/ok").await.status, 200);
    });
}

#[test]
fn a_unix_socket_that_a_parent_hands_over_is_served_and_stays() {
    run(async {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("socket");
        let socket = std::os::unix::net::UnixListener::bind(&path).expect("a socket");
        let announced = [("LISTEN_FDS", "1"), ("LISTEN_FDS_FIRST_FD", "0")];
        let address = format!("unix:{}", path.display());
        let socket = OwnedFd::from(socket);
        let mut faults = Faults::start_on(&address, socket, &announced);
        assert_eq!(Client::connect_unix(&path).await.get("/ok").await.status, 200);
        faults.signal("TERM");
        assert!(faults.ends().await.success());
        assert!(is_socket(&path), "it is the parent's");
    });
}

fn hand_over(socket: &std::net::TcpListener) -> OwnedFd {
    socket.try_clone().expect("a copy").into()
}

/// Its handshakes do what a test wants.
struct Odd {
    listener: BoundListener,
    handshake: fn(Socket) -> Handshake,
}

type Handshake = Pin<Box<dyn Future<Output = io::Result<Socket>> + Send>>;

impl Listener for Odd {
    type Transport = Socket;
    type Handshake = Handshake;

    async fn accept(&self) -> io::Result<Handshake> {
        let socket = self.listener.accept().await?.await?;
        Ok((self.handshake)(socket))
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

async fn odd(handshake: fn(Socket) -> Handshake) -> (Odd, SocketAddr) {
    let listener = oserver::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    (Odd { listener, handshake }, address)
}

/// Returns the number of bytes that a silent client reads.
async fn silence(address: SocketAddr) -> usize {
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    stream.read(&mut [0; 8]).await.unwrap_or(0)
}

#[test]
fn a_handshake_that_hangs_is_cut_off_and_holds_nobody_up() {
    run(async {
        let (odd, address) = odd(|_socket| Box::pin(pending())).await;
        let server = TestServer::start_with(router(), |serve| {
            serve.add_listener(odd).handshake_timeout(Duration::from_millis(300))
        })
        .await;
        let silent = tokio::spawn(silence(address));
        assert!(is_served(&mut server.connect().await).await);
        assert_eq!(silent.await.expect("no panic"), 0);
        eventually("they are gone", || server.counts.connections() == 0).await;
    });
}

#[test]
fn a_handshake_that_fails_or_panics_costs_its_connection() {
    run(async {
        let (failing, fails) = odd(|_socket| Box::pin(async { Err(io::Error::other("no")) })).await;
        let (panicking, panics) =
            odd(|_socket| Box::pin(async { panic!("of the handshake") })).await;
        let server = TestServer::start_with(router(), |serve| {
            serve.add_listener(failing).add_listener(panicking)
        })
        .await;
        for address in [fails, panics, fails, panics] {
            assert_eq!(silence(address).await, 0);
        }
        assert!(is_served(&mut server.connect().await).await);
    });
}

/// A listener that is lost is no half of a server.
#[test]
fn a_listener_that_panics_ends_the_server_with_an_error() {
    struct Broken;
    impl Listener for Broken {
        type Transport = Socket;
        type Handshake = Handshake;

        async fn accept(&self) -> io::Result<Handshake> {
            panic!("the listener is broken");
        }

        fn local_addr(&self) -> io::Result<SocketAddr> {
            Err(io::Error::other("none"))
        }
    }
    run(async {
        let listener = oserver::bind("127.0.0.1:0").await.expect("a free port");
        let error =
            oserver::serve(listener, router()).add_listener(Broken).await.expect_err("it is lost");
        assert!(error.to_string().contains("panicked"), "{error}");
    });
}

#[test]
fn a_bad_address_is_an_error_that_shows_a_good_one() {
    run(async {
        for (address, good) in [
            ("8080", "127.0.0.1:8080"),
            ("localhost", "127.0.0.1:8080"),
            ("unix:", "unix:/run/service.sock"),
            ("127.0.0.1:99999", "the port `99999` is too large"),
            ("inherited", "LISTEN_FDS"),
        ] {
            let error = oserver::bind(address).await.expect_err("no address").to_string();
            assert!(error.contains(address) && error.contains(good), "{error}");
        }
    });
}
