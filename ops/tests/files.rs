//! Manifests, units, image and runbook fit to what oserver does.

#![allow(clippy::print_stdout, reason = "what a program says is shown where its test fails")]

#[path = "../../tests/common/mod.rs"]
mod common;

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use common::faults::{Faults, build_example};
use common::tools::{self, require_tool};
use common::{Client, PATIENCE, run};
use tokio::net::TcpStream;
use yaml_rust2::{Yaml, YamlLoader};

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

// Kubernetes.

/// The manifest of this kind.
fn manifest(kind: &str) -> Yaml {
    let documents = YamlLoader::load_from_str(&read("kubernetes/shop.yml")).expect("YAML");
    let found = documents.into_iter().find(|document| document["kind"].as_str() == Some(kind));
    found.unwrap_or_else(|| panic!("no {kind}"))
}

fn seconds(value: &Yaml) -> Duration {
    Duration::from_secs(value.as_i64().and_then(|n| n.try_into().ok()).expect("seconds"))
}

#[test]
fn the_grace_period_of_a_pod_is_longer_than_its_shutdown_timeout() {
    let deployment = manifest("Deployment");
    let pod = &deployment["spec"]["template"]["spec"];
    let grace = seconds(&pod["terminationGracePeriodSeconds"]);
    let sleep = seconds(&pod["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]);
    assert!(grace > sleep + oserver::Limits::default().shutdown_timeout, "{grace:?}, {sleep:?}");
}

#[test]
fn the_probes_ask_the_admin_service_what_it_answers() {
    let deployment = manifest("Deployment");
    let container = &deployment["spec"]["template"]["spec"]["containers"][0];
    let paths = ["startupProbe", "livenessProbe", "readinessProbe"].map(|probe| {
        let get = &container[probe]["httpGet"];
        assert_eq!(get["port"].as_str(), Some("admin"), "{probe}");
        get["path"].as_str().expect("a path").to_owned()
    });
    // An alarm of one route must restart nothing.
    assert_eq!(paths, ["/readyz", "/healthz", "/readyz"]);
    run(async {
        let faults = Faults::start_with(&["--admin", "127.0.0.1:0"], &[]);
        for path in &paths {
            faults.ask_until(path, 200).await;
        }
        for _ in 0..5 {
            faults.get("/panic").await;
        }
        faults.ask_until(&paths[2], 503).await;
        assert_eq!(faults.ask(&paths[1]).await.status, 200);
    });
}

#[test]
fn the_service_publishes_no_admin_port_and_a_pod_is_left() {
    let (deployment, service) = (manifest("Deployment"), manifest("Service"));
    let ports = service["spec"]["ports"].as_vec().expect("ports");
    let targets: Vec<_> = ports.iter().filter_map(|port| port["targetPort"].as_str()).collect();
    assert_eq!(targets, ["http"]);
    let pod = &deployment["spec"]["template"];
    for selector in [
        &deployment["spec"]["selector"]["matchLabels"],
        &service["spec"]["selector"],
        &manifest("PodDisruptionBudget")["spec"]["selector"]["matchLabels"],
    ] {
        assert_eq!(selector, &pod["metadata"]["labels"]);
    }
    let left = manifest("PodDisruptionBudget")["spec"]["minAvailable"].as_i64();
    assert!(deployment["spec"]["replicas"].as_i64() > left && left > Some(0));
    assert_eq!(pod["spec"]["securityContext"]["runAsNonRoot"].as_bool(), Some(true));
}

// systemd.

#[test]
fn systemd_analyze_accepts_the_units() {
    require_tool!("systemd-analyze");
    let verify = |service: &str| {
        let folder = tempfile::tempdir().expect("a folder");
        let (unit, socket) =
            (folder.path().join("shop.service"), folder.path().join("shop.socket"));
        std::fs::write(&unit, service).expect("written");
        std::fs::write(&socket, read("systemd/shop.socket")).expect("written");
        let mut analyze = Command::new("systemd-analyze");
        let output = analyze.args(["verify", "--man=no"]).args([&unit, &socket]).output();
        let output = output.expect("it starts");
        println!("{}", String::from_utf8_lossy(&output.stderr));
        // It accepts names that it does not know with a word on stderr.
        output.status.success() && output.stderr.is_empty()
    };
    if !verify("[Service]\nExecStart=/bin/true\n") {
        return tools::missing("systemd-analyze", "it accepts no unit at all on this machine");
    }
    // The program has to be there.
    let unit = read("systemd/shop.service").replace("/usr/local/bin/shop", "/bin/true");
    assert!(verify(&unit), "{unit}");
    assert!(!verify(&unit.replace("WatchdogSec", "Watchdog")), "the check can fail");
    let stop = unit.lines().find_map(|line| line.strip_prefix("TimeoutStopSec="));
    let stop = Duration::from_secs(stop.expect("a limit").parse().expect("seconds"));
    assert!(stop > oserver::Limits::default().shutdown_timeout);
}

/// Ends with the test.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        _ = self.0.kill();
        _ = self.0.wait();
    }
}

/// Connects as soon as the service listens. `None` if it ends: somebody else was faster to take its port.
async fn connect(address: SocketAddr, service: &mut Ended) -> Option<TcpStream> {
    let begin = Instant::now();
    while service.0.try_wait().expect("it is ours").is_none() {
        match TcpStream::connect(address).await {
            // While nobody listens, a client may get this port for its own, and meet itself.
            Ok(stream) if stream.local_addr().ok() == Some(address) => {}
            Ok(stream) => return Some(stream),
            Err(error) => assert!(begin.elapsed() < PATIENCE, "{error}"),
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    None
}

#[test]
fn a_connection_that_came_before_the_service_is_answered() {
    require_tool!("systemd-socket-activate");
    run(async {
        let program = build_example("faults");
        let begin = Instant::now();
        // The program is started by the first connection.
        let (_service, stream) = loop {
            assert!(begin.elapsed() < PATIENCE, "it does not listen");
            let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
            let address = port.local_addr().expect("an address");
            drop(port);
            let mut activate = Command::new("systemd-socket-activate");
            activate.args(["--listen", &address.to_string()]);
            activate.arg(&program).arg(address.to_string());
            activate.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
            let mut service = Ended(activate.spawn().expect("it starts"));
            if let Some(stream) = connect(address, &mut service).await {
                break (service, stream);
            }
        };
        assert_eq!(Client::over(stream).await.get("/ok").await.text(), "Hello, World!");
    });
}

// The image.

/// Instruction and arguments, continued lines joined.
fn instructions(dockerfile: &str) -> Vec<(String, String)> {
    let lines = dockerfile.replace("\\\n", " ");
    let lines =
        lines.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let split = lines.map(|line| line.split_once(' ').unwrap_or((line, "")));
    split.map(|(name, arguments)| (name.to_owned(), arguments.trim().to_owned())).collect()
}

/// Returns the faults of an image, found in its Dockerfile.
fn faults_of(dockerfile: &str) -> Vec<String> {
    const KNOWN: [&str; 11] = [
        "ARG",
        "COPY",
        "ENTRYPOINT",
        "ENV",
        "EXPOSE",
        "FROM",
        "LABEL",
        "RUN",
        "STOPSIGNAL",
        "USER",
        "WORKDIR",
    ];
    let instructions = instructions(dockerfile);
    let mut wrong = Vec::new();
    for (name, _) in instructions.iter().filter(|(name, _)| !KNOWN.contains(&&**name)) {
        wrong.push(format!("`{name}` is no instruction for this image"));
    }
    let images = instructions.iter().filter(|(name, _)| name == "FROM").map(|(_, image)| image);
    for image in images.clone() {
        let name = image.split(' ').next().expect("a name");
        if !name.contains(':') || name.ends_with(":latest") {
            wrong.push(format!("`{name}` names no version"));
        }
    }
    if !images.clone().next_back().is_some_and(|image| image.contains("distroless")) {
        wrong.push("the last stage is not distroless".to_owned());
    }
    let stages: BTreeSet<_> =
        images.filter_map(|image| image.split_once(" AS ")).map(|(_, n)| n).collect();
    for (_, arguments) in instructions.iter().filter(|(name, _)| name == "COPY") {
        let from = arguments.strip_prefix("--from=").and_then(|rest| rest.split(' ').next());
        if from.is_some_and(|stage| !stages.contains(stage)) {
            wrong.push(format!("no stage for `COPY {arguments}`"));
        }
    }
    let last =
        |name: &str| instructions.iter().rev().find(|(other, _)| other == name).map(|(_, a)| &**a);
    let user =
        last("USER").and_then(|user| user.split(':').next()).and_then(|user| user.parse().ok());
    if user.unwrap_or(0_u32) == 0 {
        wrong.push("it runs as root".to_owned());
    }
    let entry = last("ENTRYPOINT").map(serde_json::from_str::<Vec<String>>);
    if !entry.is_some_and(|entry| entry.is_ok_and(|entry| !entry.is_empty())) {
        wrong.push("without a shell, ENTRYPOINT is a list".to_owned());
    }
    if !matches!(last("STOPSIGNAL"), None | Some("SIGTERM")) {
        wrong.push("another signal than SIGTERM starts no shutdown".to_owned());
    }
    wrong
}

#[test]
fn the_image_has_no_shell_and_no_root() {
    let dockerfile = read("docker/Dockerfile");
    assert_eq!(faults_of(&dockerfile), Vec::<String>::new());
    // The checks can fail.
    for (part, other) in [
        ("USER 65532:65532", "USER 0"),
        ("[\"/service\"]", "/service"),
        ("--from=build", "--from=builder"),
        ("rust:1.95-bookworm", "rust"),
        ("gcr.io/distroless/cc-debian12:nonroot", "debian:12"),
        ("EXPOSE", "EXPORT"),
        ("SIGTERM\nENTRY", "SIGINT\nENTRY"),
    ] {
        assert!(dockerfile.contains(part), "{part}");
        assert_ne!(faults_of(&dockerfile.replace(part, other)), Vec::<String>::new(), "{other}");
    }
    let toolchain = read("../rust-toolchain.toml");
    let version =
        toolchain.split('"').nth(1).and_then(|v| v.rsplit_once('.')).expect("a version").0;
    assert!(dockerfile.contains(&format!("FROM rust:{version}-")), "not built with {version}");
}

// The runbook.

/// The words in back quotes in the first column of the table below this head.
fn first_column(text: &str, head: &str) -> BTreeSet<String> {
    let table = text.split_once(head).expect("a table").1;
    let rows = table.lines().skip(1).take_while(|line| line.starts_with('|'));
    let cells = rows.filter_map(|line| line.split('|').nth(1));
    cells.flat_map(|cell| cell.split('`').skip(1).step_by(2)).map(str::to_owned).collect()
}

/// The sections of the runbook between two headlines.
fn sections<'a>(runbook: &'a str, from: &str, to: &str) -> Vec<(&'a str, &'a str)> {
    let part = runbook.split_once(from).expect("a headline").1;
    let part = part.split_once(to).map_or(part, |(part, _)| part);
    part.split("\n### ").skip(1).filter_map(|section| section.split_once('\n')).collect()
}

#[test]
fn the_runbook_has_a_section_for_each_record_and_each_alert() {
    let (runbook, reference) = (read("runbook.md"), read("../docs/reference.md"));
    let records = sections(&runbook, "\n## Records\n", "\n## ");
    let named: BTreeSet<_> =
        records.iter().map(|(name, _)| name.trim_matches('`').to_owned()).collect();
    let kinds = first_column(&reference, "| `fault` | meaning |\n");
    assert!(kinds.len() > 25, "{kinds:?}");
    assert_eq!(named, kinds);

    let alerts = sections(&runbook, "\n## Alerts\n", "\n## Records");
    let named: BTreeSet<_> = alerts.iter().map(|(name, _)| (*name).to_owned()).collect();
    let rules = read("prometheus/rules.yml");
    let defined = rules.lines().filter_map(|line| line.trim().strip_prefix("- alert: "));
    assert_eq!(named, defined.map(str::to_owned).collect::<BTreeSet<_>>());
    for (name, text) in records.iter().chain(&alerts) {
        for part in ["- **Means:** ", "- **Look at:** ", "- **Do:** "] {
            assert!(text.contains(part), "{name} has no {part}");
        }
    }
    // Each alert leads to its section.
    for name in &named {
        let link = format!("runbook: ops/runbook.md#{}\n", name.to_lowercase());
        assert!(rules.contains(&link), "{link}");
    }
    let anchors: BTreeSet<_> = records
        .iter()
        .chain(&alerts)
        .map(|(name, _)| name.trim_matches('`').to_lowercase())
        .collect();
    for link in runbook.split("](#").skip(1).filter_map(|rest| rest.split(')').next()) {
        assert!(anchors.contains(link), "no section for the link #{link}");
    }
}

/// The reference has what the sources write: else a record could be missing in both.
#[test]
fn the_reference_has_each_record_that_the_sources_write() {
    fn walk(folder: &Path, found: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|end| end == "rs") {
                let text = std::fs::read_to_string(&path).expect("text");
                let text = text.split("mod tests {").next().expect("a part").to_owned();
                for rest in text.split("Record::new(").skip(1) {
                    let call = rest.split_once(')').map_or("", |(call, _)| call);
                    let kind = call.split(',').nth(1).unwrap_or("").trim();
                    if let Some(kind) =
                        kind.strip_prefix('"').and_then(|kind| kind.strip_suffix('"'))
                    {
                        found.insert(kind.to_owned());
                    }
                }
            }
        }
    }
    let mut written = BTreeSet::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../oserver-runtime/src"), &mut written);
    assert!(written.len() > 15, "{written:?}");
    let kinds = first_column(&read("../docs/reference.md"), "| `fault` | meaning |\n");
    let missing: Vec<_> = written.difference(&kinds).collect();
    assert!(missing.is_empty(), "docs/reference.md does not have {missing:?}");
}
