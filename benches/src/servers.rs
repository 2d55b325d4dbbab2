//! The measured servers, each a process of its own: they share no memory, threads or CPU time with
//! each other or with what measures them.

use std::ffi::OsStr;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::process::Process;

/// The kinds of server that `server` takes as its argument in every build.
pub const KINDS: [&str; 4] = ["hyper", "oserver", "axum", "axum-layers"];

/// The kinds that it takes in a build with the feature of this name; that build is in a target
/// folder of this name.
pub const PEERS: [&str; 3] = ["actix", "poem", "rocket"];
const PEERS_FEATURE: &str = "peers";

/// oserver with one handler that looks at the path itself, as hyper's does, while all others have a router. It has
/// no routes that go wrong.
pub const UNROUTED: &str = "oserver-unrouted";

/// oserver built with the `cfg` of this name, in a target folder of its own: what its counters and the heads
/// that it keeps for records cost is measured against this.
pub const UNCOUNTED: &str = "oserver-uncounted";
const UNCOUNTED_CFG: &str = "oserver_uncounted";

/// A server that prints no address is an error, not a reason to wait for ever.
const PATIENCE: Duration = Duration::from_secs(10);

/// The clock ticks a second in which Linux reports CPU time to every process that reads it.
const TICKS_PER_SECOND: u64 = 100;

/// All that are compared.
pub fn all() -> Vec<&'static str> {
    KINDS.into_iter().chain(PEERS).collect()
}

/// All that are compared while nothing goes wrong.
pub fn unfaulted() -> Vec<&'static str> {
    all().into_iter().chain([UNROUTED]).collect()
}

pub fn with_uncounted() -> Vec<&'static str> {
    unfaulted().into_iter().chain([UNCOUNTED]).collect()
}

/// `cargo run` builds only the binary it runs: without this a server from before the last change
/// would be measured. Started without cargo, what is there is taken as it is.
pub fn build(servers: &[&str]) -> Result<(), String> {
    let (Some(cargo), Some(package)) =
        (std::env::var_os("CARGO"), std::env::var_os("CARGO_MANIFEST_DIR"))
    else {
        return Ok(());
    };
    if cfg!(debug_assertions) {
        return Err("only optimised servers are worth measuring: cargo run --release".into());
    }
    let build = |more: &[&OsStr]| {
        let status = Command::new(&cargo)
            .args(["build", "--release", "--bin", "server"])
            .args(more)
            .current_dir(&package)
            .status()
            .map_err(|error| format!("cannot start cargo: {error}"))?;
        if status.success() { Ok(()) } else { Err("the servers cannot be built".to_string()) }
    };
    build(&[])?;
    if servers.contains(&UNCOUNTED) {
        let target = target(UNCOUNTED_CFG)?;
        build(&[
            "--config".as_ref(),
            format!("build.rustflags = [\"--cfg={UNCOUNTED_CFG}\"]").as_ref(),
            "--target-dir".as_ref(),
            target.as_ref(),
        ])?;
    }
    if servers.iter().any(|kind| PEERS.contains(kind)) {
        let target = target(PEERS_FEATURE)?;
        build(&[
            "--features".as_ref(),
            PEERS_FEATURE.as_ref(),
            "--target-dir".as_ref(),
            target.as_ref(),
        ])?;
    }
    Ok(())
}

/// A running server, which ends with this value, however the measuring ends.
pub struct Server {
    kind: &'static str,
    address: SocketAddr,
    process: Process,
}

impl Server {
    pub fn start(kind: &'static str) -> Result<Self, String> {
        let program = program(kind)?;
        Self::run(kind, Command::new(program).arg(kind))
    }

    /// One whose handlers have this long, and who prints what goes wrong in it for nobody.
    pub fn start_for_faults(kind: &'static str, timeout: Duration) -> Result<Self, String> {
        let program = program(kind)?;
        let mut command = Command::new(program);
        command.arg(kind).arg(timeout.as_millis().to_string());
        // Services run with backtraces on, and that is what makes panics expensive.
        Self::run(kind, command.env("RUST_BACKTRACE", "1").stderr(Stdio::null()))
    }

    fn run(kind: &'static str, command: &mut Command) -> Result<Self, String> {
        let mut process = Process::start(command.stdin(Stdio::null()).stdout(Stdio::piped()))
            .map_err(|error| format!("{kind} cannot be started: {error}"))?;
        let line = process
            .first_line(PATIENCE)
            .map_err(|error| format!("{kind}: no address can be read: {error}"))?;
        let address =
            line.trim().parse().map_err(|_| format!("{kind} printed `{line}`, not an address"))?;
        Ok(Self { kind, address, process })
    }

    pub fn kind(&self) -> &'static str {
        self.kind
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// In user and kernel mode since the start; `None` where there is no `/proc`.
    pub fn cpu_time(&self) -> Option<Duration> {
        cpu_time(&self.proc_file("stat")?)
    }

    /// KiB of memory the process holds; `None` where there is no `/proc`.
    pub fn resident_kib(&self) -> Option<u64> {
        resident_kib(&self.proc_file("status")?)
    }

    fn proc_file(&self, name: &str) -> Option<String> {
        std::fs::read_to_string(format!("/proc/{}/{name}", self.process.id())).ok()
    }
}

fn program(kind: &str) -> Result<PathBuf, String> {
    let name = format!("server{}", std::env::consts::EXE_SUFFIX);
    let (program, more) = if kind == UNCOUNTED {
        let target = target(UNCOUNTED_CFG)?;
        let flags =
            format!(" with RUSTFLAGS=--cfg={UNCOUNTED_CFG} --target-dir {}", target.display());
        (target.join("release").join(name), flags)
    } else if PEERS.contains(&kind) {
        let target = target(PEERS_FEATURE)?;
        let more = format!(" --features {PEERS_FEATURE} --target-dir {}", target.display());
        (target.join("release").join(name), more)
    } else {
        (own_path()?.with_file_name(name), String::new())
    };
    if program.is_file() {
        Ok(program)
    } else {
        let build = format!("cargo build --release --bin server{more}");
        Err(format!("{} is missing, build it with: {build}", program.display()))
    }
}

/// Beside the `release` folder that this program is in.
fn target(name: &str) -> Result<PathBuf, String> {
    let own = own_path()?;
    let target = own.ancestors().nth(2).ok_or("the program is in no target folder")?;
    Ok(target.join(name))
}

fn own_path() -> Result<PathBuf, String> {
    std::env::current_exe().map_err(|error| format!("the servers cannot be looked for: {error}"))
}

fn cpu_time(stat: &str) -> Option<Duration> {
    // The second field is the program's name in parentheses, in which anything may stand.
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace().skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    let kernel: u64 = fields.next()?.parse().ok()?;
    Some(Duration::from_millis((user + kernel) * 1000 / TICKS_PER_SECOND))
}

fn resident_kib(status: &str) -> Option<u64> {
    let value = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    value.trim().strip_suffix("kB")?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cpu_time_is_user_and_kernel_mode() {
        let stat =
            "71 (a ) b) S 1 71 71 0 -1 4194304 900 0 3 0 250 175 9 8 20 0 5 0 812 1 2 3 4 5\n";
        assert_eq!(cpu_time(stat), Some(Duration::from_millis(4250)));
        assert_eq!(cpu_time("71 (server) S 1"), None);
    }

    #[test]
    fn resident_memory_is_found_among_the_rest() {
        let status = "Name:\tserver\nVmHWM:\t    9000 kB\nVmRSS:\t    3752 kB\nThreads:\t3\n";
        assert_eq!(resident_kib(status), Some(3752));
        assert_eq!(resident_kib("Name:\tserver\n"), None);
    }
}
