//! The `faults` example, or another one, as a process, and the records that it writes.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::fs::DirEntry;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::{Client, PATIENCE, Reply, eventually, tools};

/// A running example, stopped when dropped.
pub struct Faults {
    process: Child,
    /// Unspecified if it listens on something else than TCP.
    pub address: SocketAddr,
    /// The address of the admin service, if it was asked for.
    pub admin: Option<SocketAddr>,
    records: Arc<Mutex<Records>>,
}

/// The records that the example wrote to stderr.
#[derive(Default)]
struct Records {
    all: Vec<Value>,
    /// Counted as they come: in half an hour there are too many to be gone through each time.
    of_kind: HashMap<String, u64>,
}

impl Records {
    fn add(&mut self, record: Value) {
        if let Some(fault) = record["fault"].as_str() {
            let number = record["suppressed"].as_u64().unwrap_or(1);
            *self.of_kind.entry(fault.to_owned()).or_default() += number;
        }
        self.all.push(record);
    }
}

/// Ends a running example with the scope that it is in. A test that fails leaves tasks behind, and whatever they
/// share is never dropped.
pub struct Leash(u32);

impl Leash {
    /// For a process that a running example has started.
    pub fn on(process: u32) -> Self {
        Self(process)
    }
}

impl Drop for Leash {
    fn drop(&mut self) {
        // It is not waited for before this, so that nobody else has its id.
        _ = send_signal(self.0, "KILL");
    }
}

/// The resources that the operating system has open for a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resources {
    pub threads: usize,
    pub files: usize,
}

impl Faults {
    pub fn start() -> Self {
        Self::start_with(&[], &[])
    }

    /// With further arguments, and environment variables.
    pub fn start_with(arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        Self::start_writing_to(Stdio::piped(), arguments, environment)
    }

    /// With the records going elsewhere, if `stderr` is no pipe.
    pub fn start_writing_to(
        stderr: Stdio,
        arguments: &[&str],
        environment: &[(&str, &str)],
    ) -> Self {
        let mut faults = Command::new(executable());
        faults.stdin(Stdio::null());
        Self::spawn(faults, "127.0.0.1:0", stderr, arguments, environment)
    }

    /// Listening there, with this as its standard input.
    pub fn start_on(address: &str, stdin: impl Into<Stdio>, environment: &[(&str, &str)]) -> Self {
        let mut faults = Command::new(executable());
        faults.stdin(stdin);
        Self::spawn(faults, address, Stdio::piped(), &[], environment)
    }

    /// Another example, of those that say where they listen.
    pub fn example(name: &'static str, arguments: &[&str]) -> Self {
        Self::program(build_example(name), arguments)
    }

    /// A program that says where it listens.
    pub fn program(path: impl AsRef<OsStr>, arguments: &[&str]) -> Self {
        let mut program = Command::new(path);
        program.args(arguments).stdin(Stdio::null());
        Self::begin(program, Stdio::piped())
    }

    /// The service whose handlers take what they share with others, with an admin service.
    pub fn attacked(stderr: Stdio, arguments: &[&str]) -> Self {
        let mut attacked = Command::new(build_program("attacked"));
        attacked.args(["127.0.0.1:0", "--admin", "127.0.0.1:0"]).args(arguments);
        attacked.stdin(Stdio::null());
        Self::begin(attacked, stderr)
    }

    /// The service that is attacked through the operating system, with an admin service, after these words of a
    /// shell.
    pub fn attacked_system(limits: &str, arguments: &[&str]) -> Self {
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("{limits}; exec \"$0\" \"$@\"")]);
        shell.arg(build_program("attacked_system")).args(["127.0.0.1:0", "--admin", "127.0.0.1:0"]);
        shell.args(arguments).stdin(Stdio::null());
        Self::begin(shell, Stdio::piped())
    }

    /// As [`attacked_system`](Self::attacked_system), listening there.
    pub fn attacked_system_on(address: &str) -> Self {
        let mut command = Command::new(build_program("attacked_system"));
        command.args([address]).stdin(Stdio::null());
        Self::begin(command, Stdio::piped())
    }

    /// With the least priority, as a job is started that nobody waits for.
    pub fn start_nice() -> Self {
        let mut nice = Command::new("nice");
        // It is added to the priority of this process, and the sum ends at the least.
        nice.args(["-n", "39"]).arg(executable()).stdin(Stdio::null());
        Self::spawn(nice, "127.0.0.1:0", Stdio::piped(), &[], &[])
    }

    /// With a priority that can be lowered. `None` if this process has the least itself: the test is skipped.
    pub fn start_at_normal_priority() -> Option<Self> {
        let stat = std::fs::read_to_string("/proc/self/stat").expect("a system with `/proc`");
        if is_of_least_priority(&stat) {
            tools::skip("a process of the least priority has none that could be lowered");
            return None;
        }
        Some(Self::start())
    }

    /// The threads that have the least priority. None of them where there is no `/proc`.
    pub fn threads_of_least_priority(&self) -> Vec<OsString> {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", self.id())).into_iter().flatten();
        let stat = |task: &DirEntry| std::fs::read_to_string(task.path().join("stat"));
        let tasks =
            tasks.flatten().filter(|task| stat(task).is_ok_and(|s| is_of_least_priority(&s)));
        tasks.map(|task| task.file_name()).collect()
    }

    /// With so many file descriptors.
    pub fn start_with_files(number: usize) -> Self {
        Self::start_limited(&format!("ulimit -n {number}"), Stdio::piped(), &[])
    }

    /// After these words of a shell, which say what the process may have of the operating system.
    pub fn start_limited(limits: &str, stderr: Stdio, arguments: &[&str]) -> Self {
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("{limits}; exec \"$0\" \"$@\"")]).arg(executable());
        shell.stdin(Stdio::null());
        Self::spawn(shell, "127.0.0.1:0", stderr, arguments, &[])
    }

    fn spawn(
        mut command: Command,
        address: &str,
        stderr: Stdio,
        arguments: &[&str],
        environment: &[(&str, &str)],
    ) -> Self {
        command.args([address, "--timeout", "1s"]).args(arguments);
        command.envs(environment.iter().copied());
        Self::begin(command, stderr)
    }

    fn begin(mut command: Command, stderr: Stdio) -> Self {
        let mut process = command
            // As an operator who wants to see everything would have it.
            .env("RUST_BACKTRACE", "1")
            .stdout(Stdio::piped())
            .stderr(stderr)
            .spawn()
            .expect("the example starts");
        let mut line = String::new();
        let mut stdout = BufReader::new(process.stdout.take().expect("piped"));
        stdout.read_line(&mut line).expect("a line");
        // It comes together with the first.
        let second = String::from_utf8_lossy(stdout.buffer()).into_owned();
        let admin = second.trim().strip_prefix("admin on http://");
        let admin = admin.map(|address| address.parse().expect("an address"));
        let listening = line.trim().strip_prefix("listening on ").expect("it says where");
        let address = match listening.split_once("://") {
            Some((_, address)) => address.parse().expect("an address"),
            None => SocketAddr::from(([0; 4], 0)),
        };
        let records = Arc::new(Mutex::new(Records::default()));
        let written = Arc::clone(&records);
        if let Some(stderr) = process.stderr.take() {
            std::thread::spawn(move || {
                for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                    let record = serde_json::from_str(&line).unwrap_or(Value::String(line));
                    written.lock().expect("nobody panics with it").add(record);
                }
            });
        }
        Self { process, address, admin, records }
    }

    /// Every line of stderr until now: records as objects, anything else as a string.
    pub fn records(&self) -> Vec<Value> {
        self.look(<[Value]>::to_vec)
    }

    /// Looks at every line of stderr until now. Further ones have to wait.
    pub fn look<R>(&self, look: impl FnOnce(&[Value]) -> R) -> R {
        look(&self.records.lock().expect("a look may fail a test").all)
    }

    pub fn records_of(&self, request_id: &str) -> Vec<Value> {
        let mut records = self.records();
        records.retain(|record| record["request_id"] == request_id);
        records
    }

    /// The faults that were recorded of a request.
    pub fn kinds(&self, request_id: &str) -> Vec<String> {
        let records = self.records_of(request_id).into_iter();
        let kinds = records.filter_map(|record| record["fault"].as_str().map(String::from));
        // Backtraces and stacks belong to a record that is there already.
        kinds.filter(|kind| kind != "panic-backtrace" && !kind.ends_with("-stack")).collect()
    }

    /// How many faults of a kind were recorded, in full or by number.
    pub fn recorded(&self, fault: &str) -> u64 {
        let records = self.records.lock().expect("a look may fail a test");
        records.of_kind.get(fault).copied().unwrap_or(0)
    }

    /// Waits until a route has so many requests at a time, which the admin service knows.
    pub async fn is_in_flight(&self, route: &str, requests: u64) {
        let is_so = |status: &Value| {
            let routes = status["routes"].as_array().expect("routes");
            let found = routes.iter().find(|found| found["route"] == route);
            found.is_some_and(|found| found["in_flight"] == requests)
        };
        self.status_until(is_so).await;
    }

    /// The status that the admin service gives when this is so.
    pub async fn status_until(&self, is_so: impl Fn(&Value) -> bool) -> Value {
        let begin = Instant::now();
        loop {
            let status = self.ask("/status.json").await.json();
            if is_so(&status) {
                return status;
            }
            assert!(begin.elapsed() < PATIENCE, "{status:#}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// An answer of the admin service.
    pub async fn ask(&self, path: &str) -> Reply {
        Client::connect(self.admin.expect("it was asked for")).await.get(path).await
    }

    /// Waits until the admin service answers so: it does before the server accepts.
    pub async fn ask_until(&self, path: &str, status: u16) {
        let begin = Instant::now();
        loop {
            let reply = self.ask(path).await;
            if reply.status == status {
                return;
            }
            assert!(begin.elapsed() < PATIENCE, "{path}: {} {}", reply.status, reply.text());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Ends it without a word.
    pub fn kill(&mut self) {
        self.process.kill().expect("it is ours");
        self.process.wait().expect("it is ours");
    }

    /// Has every worker blocked by what no guard sees.
    pub async fn wedge(&self) {
        let mut client = self.connect().await;
        // The answer may be stuck, too.
        tokio::spawn(
            async move { _ = client.send(hyper::Request::get("/wedge-workers"), "").await },
        );
    }

    pub async fn connect(&self) -> Client {
        Client::connect(self.address).await
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.connect().await.get(path).await
    }

    /// Sends a signal, for example `TERM`.
    pub fn signal(&self, name: &str) {
        let sent = send_signal(self.process.id(), name).expect("a shell starts");
        assert!(sent.success(), "SIG{name} was not sent");
    }

    /// For a test that shares it with its tasks.
    pub fn leash(&self) -> Leash {
        Leash(self.id())
    }

    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// `None` where there is no `/proc`.
    pub fn resources(&self) -> Option<Resources> {
        let count = |what| {
            let entries = std::fs::read_dir(format!("/proc/{}/{what}", self.process.id()));
            entries.ok().map(Iterator::count)
        };
        Some(Resources { threads: count("task")?, files: count("fd")? })
    }

    /// Bytes of memory that it has written to and not given back. `None` where there is no `/proc`.
    pub fn memory(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"))?;
        Some(line.trim().strip_suffix(" kB")?.parse::<u64>().ok()? * 1024)
    }

    /// Returns the CPU time of the process until now. `None` where there is no `/proc`.
    pub fn cpu_time(&self) -> Option<Duration> {
        // proc_pid_stat(5): ticks, of which Linux counts a hundred a second for every reader.
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.process.id())).ok()?;
        let (_, fields) = stat.rsplit_once(')')?;
        let ticks = fields.split_ascii_whitespace().skip(11).take(2).map(str::parse::<u32>);
        Some(Duration::from_millis(10) * ticks.sum::<Result<u32, _>>().ok()?)
    }

    /// How long its threads were ready to run and had no CPU until now, all together. Zero where there is no `/proc`.
    pub fn waited_for_cpu(&self) -> Duration {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", self.process.id()));
        let waited = tasks.into_iter().flatten().flatten().filter_map(|task| {
            // Its CPU time, the time that it waited for a CPU, and how often it ran.
            let schedule = std::fs::read_to_string(task.path().join("schedstat")).ok()?;
            schedule.split_ascii_whitespace().nth(1)?.parse::<u64>().ok()
        });
        Duration::from_nanos(waited.sum())
    }

    /// Waits until the process has no more open than `before`, and the threads that were lost to
    /// handlers.
    pub async fn settles(&self, before: Option<Resources>, lost: usize) {
        let Some(before) = before else { return };
        let begin = Instant::now();
        while let Some(now) = self.resources()
            && (now.files > before.files || now.threads > before.threads + lost)
        {
            // A thread of the least priority ends when the machine has nothing else to do for a moment.
            let low = self.threads_of_least_priority().len();
            let patience = if low > lost { 10 * PATIENCE } else { PATIENCE };
            let spoilt = format!("{now:?} after {before:?}, {lost} threads lost, {low} low");
            assert!(begin.elapsed() < patience, "{spoilt}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until the process has ended.
    pub async fn ends(&mut self) -> ExitStatus {
        let mut status = None;
        eventually("the end of the process", || {
            status = self.process.try_wait().expect("it is ours");
            status.is_some()
        })
        .await;
        status.expect("it has ended")
    }
}

impl Drop for Faults {
    fn drop(&mut self) {
        _ = self.process.kill();
        _ = self.process.wait();
    }
}

/// Sends a signal by the shell's own `kill`: the program of that name is missing on small machines.
fn send_signal(process: u32, name: &str) -> std::io::Result<ExitStatus> {
    Command::new("sh").args(["-c", &format!("kill -s {name} {process}")]).status()
}

/// Reads a `/proc` file `stat`: the greatest niceness, or the policy `SCHED_IDLE`.
fn is_of_least_priority(stat: &str) -> bool {
    let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields);
    // Counted from the third (proc_pid_stat(5)).
    let field = |number: usize| fields.split_ascii_whitespace().nth(number - 3);
    field(19) == Some("19") || field(41) == Some("5")
}

/// Builds the example as the tests are built, so that it is never an old one.
fn executable() -> PathBuf {
    build_example("faults")
}

static BUILDING: Mutex<Duration> = Mutex::new(Duration::ZERO);

/// How long the tests of this process have waited for examples to be built.
pub fn time_spent_building() -> Duration {
    *BUILDING.lock().expect("nobody panics with it")
}

/// Builds an example of the root package, and says where it is.
pub fn build_example(name: &'static str) -> PathBuf {
    build_once("--example", name)
}

/// Builds the program of another package, and says where it is.
pub fn build_program(name: &'static str) -> PathBuf {
    build_once("--bin", name)
}

/// Once for all tests of the process: cargo waits for every other cargo that builds in the same folder.
fn build_once(kind: &'static str, name: &'static str) -> PathBuf {
    type Built = HashMap<(&'static str, &'static str), Arc<OnceLock<PathBuf>>>;
    static BUILT: Mutex<Option<Built>> = Mutex::new(None);
    let mut built = BUILT.lock().expect("nobody panics with it");
    let path = Arc::clone(built.get_or_insert_default().entry((kind, name)).or_default());
    drop(built);
    let begin = Instant::now();
    let path = path.get_or_init(|| build(kind, name)).clone();
    *BUILDING.lock().expect("nobody panics with it") += begin.elapsed();
    path
}

fn build(kind: &str, name: &str) -> PathBuf {
    let mut cargo = Command::new(env!("CARGO"));
    // Cargo sets these for a package's test: a build script that gets them, too, would run once more, and all that
    // depends on it would be built anew.
    for (variable, _) in std::env::vars_os() {
        let name = variable.to_string_lossy();
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
            cargo.env_remove(&variable);
        }
    }
    let output = cargo
        .args(["build", "--workspace", kind, name, "--message-format=json"])
        // As the test itself.
        .args((!cfg!(debug_assertions)).then_some("--release"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "`{name}` does not build");
    let messages = String::from_utf8(output.stdout).expect("cargo writes UTF-8");
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| message["target"]["name"] == name)
        .find_map(|message| message["executable"].as_str().map(PathBuf::from))
        .expect("cargo says where the program is")
}
