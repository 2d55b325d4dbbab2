//! The measured servers, each a process of its own: they share no memory, threads or CPU time with
//! each other or with what measures them.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// What `server` takes as its argument.
pub const KINDS: [&str; 4] = ["hyper", "oserver", "axum", "axum-layers"];

/// What Linux counts CPU time in, for every process that reads it.
const TICKS_PER_SECOND: u64 = 100;

/// `cargo run` builds only the binary it runs: without this a server from before the last change
/// would be measured. Started without cargo, what is there is taken as it is.
pub fn build() -> Result<(), String> {
    let (Some(cargo), Some(package)) =
        (std::env::var_os("CARGO"), std::env::var_os("CARGO_MANIFEST_DIR"))
    else {
        return Ok(());
    };
    if cfg!(debug_assertions) {
        return Err("only optimised servers are worth measuring: cargo run --release".into());
    }
    let status = Command::new(cargo)
        .args(["build", "--release", "--bin", "server"])
        .current_dir(package)
        .status()
        .map_err(|error| format!("cargo cannot be started: {error}"))?;
    if status.success() { Ok(()) } else { Err("the servers cannot be built".into()) }
}

/// A running server, which ends with this value, however the measuring ends.
pub struct Server {
    kind: &'static str,
    address: SocketAddr,
    process: Process,
}

struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        // It fails for a process that has ended already, and then `wait` is all there is to do.
        _ = self.0.kill();
        _ = self.0.wait();
    }
}

impl Server {
    pub fn start(kind: &'static str) -> Result<Self, String> {
        let program = program()?;
        let child = Command::new(&program)
            .arg(kind)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{} cannot be started: {error}", program.display()))?;
        let mut process = Process(child);
        let mut line = String::new();
        if let Some(stdout) = process.0.stdout.take() {
            BufReader::new(stdout)
                .read_line(&mut line)
                .map_err(|error| format!("{kind}: no address can be read: {error}"))?;
        }
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
        std::fs::read_to_string(format!("/proc/{}/{name}", self.process.0.id())).ok()
    }
}

fn program() -> Result<PathBuf, String> {
    let own = std::env::current_exe()
        .map_err(|error| format!("the servers cannot be looked for: {error}"))?;
    let program = own.with_file_name(format!("server{}", std::env::consts::EXE_SUFFIX));
    if program.is_file() {
        Ok(program)
    } else {
        Err(format!("{} is missing, build it with: cargo build --release", program.display()))
    }
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
