//! A restart that loses no connection: a supervisor holds the listening socket, and hands it to one server
//! after the other.
//!
//! ```text
//! cargo run --example hand_over -- 127.0.0.1:8080
//! kill -HUP ID   # of the supervisor: a new server takes over
//! kill -TERM ID  # both end
//! ```
//!
//! Connections that come while nobody accepts wait in the queue of the socket. The old server is stopped
//! when the new one says that it listens; it then finishes what it has, and ends. `systemd` is such a
//! supervisor, too: `bind` takes the socket of a `.socket` unit in the same way.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "it is a program that says what it does"
)]

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::os::fd::OwnedFd;
use std::process::{Child, Command, ExitCode, Stdio};

use oserver::Router;
use oserver::routing::get;
use tokio::signal::unix::{SignalKind, signal};

fn main() -> ExitCode {
    let ended = match std::env::args().nth(1) {
        Some(address) if address == "serve" => server(),
        Some(address) => supervisor(&address),
        None => supervisor("127.0.0.1:8080"),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

#[oserver::handler]
async fn who() -> String {
    std::process::id().to_string()
}

/// The server that is replaced. It would run alone as well, with an address in place of `inherited`.
#[oserver::main]
async fn server() -> oserver::Result<()> {
    let listener = oserver::bind("inherited").await?;
    println!("ready");
    oserver::serve(listener, Router::new().route("/", get(who))).await?;
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn supervisor(address: &str) -> oserver::Result<()> {
    let mut again = signal(SignalKind::hangup())?;
    let mut end = signal(SignalKind::terminate())?;
    let socket = TcpListener::bind(address)?;
    let mut server = start(&socket)?;
    println!("listening on http://{}", socket.local_addr()?);
    loop {
        tokio::select! {
            _ = again.recv() => {}
            _ = end.recv() => return stop(server),
        }
        match start(&socket) {
            Ok(next) => stop(std::mem::replace(&mut server, next))?,
            // The old one goes on.
            Err(error) => eprintln!("the new server did not start: {error}"),
        }
    }
}

/// Starts a server, and waits until it listens.
fn start(socket: &TcpListener) -> oserver::Result<Child> {
    // As standard input; the variables say so, in the way of sd_listen_fds(3).
    let handed_over = Stdio::from(OwnedFd::from(socket.try_clone()?));
    let mut server = Command::new(std::env::current_exe()?)
        .arg("serve")
        .env("LISTEN_FDS", "1")
        .env("LISTEN_FDS_FIRST_FD", "0")
        .stdin(handed_over)
        .stdout(Stdio::piped())
        .spawn()?;
    let mut line = String::new();
    BufReader::new(server.stdout.take().expect("it is piped")).read_line(&mut line)?;
    if line.trim() == "ready" {
        return Ok(server);
    }
    Err(format!("it ended with {}", server.wait()?).into())
}

/// Lets a server finish what it has, and waits for its end.
fn stop(mut server: Child) -> oserver::Result<()> {
    Command::new("kill").arg(server.id().to_string()).status()?;
    match server.wait()? {
        status if status.success() => Ok(()),
        status => Err(format!("the server ended with {status}").into()),
    }
}
