//! Each query of the dashboard has an answer where a server is that had faults.

#[path = "../../tests/common/mod.rs"]
mod common;

use std::fmt::Write as _;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use common::faults::Faults;
use common::tools::require_tool;
use common::{Client, PATIENCE, run_for};
use serde_json::Value;
use tempfile::TempDir;

/// A Prometheus that reads one server once a second, stopped when dropped.
struct Prometheus {
    process: Child,
    address: SocketAddr,
    _folder: TempDir,
}

impl Prometheus {
    fn start(target: SocketAddr) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let configuration = folder.path().join("prometheus.yml");
        let text = format!(
            "global: {{ scrape_interval: 1s, scrape_timeout: 1s }}\nscrape_configs:\n  \
             - {{ job_name: shop, static_configs: [{{ targets: ['{target}'] }}] }}\n"
        );
        std::fs::write(&configuration, text).expect("written");
        let mut process = Command::new("prometheus")
            .arg(format!("--config.file={}", configuration.display()))
            .arg(format!("--storage.tsdb.path={}", folder.path().join("data").display()))
            .arg("--web.listen-address=127.0.0.1:0")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut lines = BufReader::new(process.stderr.take().expect("piped")).lines();
        let mut said = String::new();
        let address = loop {
            let line = lines.next().and_then(Result::ok);
            let line = line.unwrap_or_else(|| panic!("it ended before it listened: {said}"));
            let address = line.split_once("Listening on").and_then(|(_, rest)| {
                let (_, address) = rest.split_once("address=")?;
                address.split_whitespace().next()?.trim_matches('"').parse().ok()
            });
            if let Some(address) = address {
                break address;
            }
            _ = writeln!(said, "{line}");
        };
        // A process whose output is not read cannot write.
        std::thread::spawn(move || lines.for_each(drop));
        Self { process, address, _folder: folder }
    }

    /// The rows of an answer.
    async fn ask(&self, query: &str) -> Vec<Value> {
        let mut encoded = String::new();
        for byte in query.bytes() {
            _ = match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => write!(encoded, "{}", char::from(byte)),
                _ => write!(encoded, "%{byte:02X}"),
            };
        }
        let path = format!("/api/v1/query?query={encoded}");
        let answer = Client::connect(self.address).await.get(&path).await.json();
        assert_eq!(answer["status"], "success", "{query}: {answer}");
        answer["data"]["result"].as_array().expect("rows").clone()
    }

    async fn ask_until(&self, query: &str) {
        let begin = std::time::Instant::now();
        while self.ask(query).await.is_empty() {
            assert!(begin.elapsed() < PATIENCE, "`{query}` has no answer");
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        _ = self.process.kill();
        _ = self.process.wait();
    }
}

fn dashboard() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("grafana/oserver.json");
    serde_json::from_str(&std::fs::read_to_string(path).expect("the dashboard")).expect("JSON")
}

/// Title and query, with what Grafana puts in for its variables.
fn queries() -> Vec<(String, String)> {
    let dashboard = dashboard();
    let panels = dashboard["panels"].as_array().expect("panels");
    let queries = panels.iter().flat_map(|panel| {
        let title = panel["title"].as_str().expect("a title");
        let targets = panel["targets"].as_array().expect("queries");
        targets.iter().map(move |target| {
            let query = target["expr"].as_str().expect("a query");
            let query = query.replace("$__rate_interval", "1m");
            (title.to_owned(), query.replace("$job", ".*").replace("$route", ".*"))
        })
    });
    queries.collect()
}

#[test]
fn each_query_of_the_dashboard_has_an_answer_from_a_faulted_server() {
    require_tool!("prometheus");
    run_for(4 * PATIENCE, async {
        let faults = Faults::start_with(&["--admin", "127.0.0.1:0"], &[]);
        faults.ask_until("/readyz", 200).await;
        let prometheus = Prometheus::start(faults.admin.expect("it was asked for"));
        for path in ["/ok", "/panic", "/count", "/poison", "/block"] {
            faults.get(path).await;
        }
        // Rates need two values.
        prometheus
            .ask_until(r#"count_over_time(oserver_faults_total{kind="blocked"}[1m]) > 2"#)
            .await;
        let queries = queries();
        assert!(queries.len() > 20, "{queries:?}");
        for (title, query) in queries {
            assert!(!query.contains('$'), "{title}: a variable is not known to this test: {query}");
            assert!(!prometheus.ask(&query).await.is_empty(), "{title}: no answer to {query}");
        }
        // The check can fail.
        assert!(prometheus.ask("sum(oserver_no_such_metric)").await.is_empty());
    });
}

/// An import shows each panel once, in a place of its own.
#[test]
fn the_panels_of_the_dashboard_do_not_overlap() {
    let dashboard = dashboard();
    let panels = dashboard["panels"].as_array().expect("panels");
    let mut taken = std::collections::BTreeSet::new();
    for panel in panels {
        let place = |name: &str| panel["gridPos"][name].as_u64().expect("a number");
        for column in place("x")..place("x") + place("w") {
            for row in place("y")..place("y") + place("h") {
                assert!(column < 24, "{panel}");
                assert!(taken.insert((column, row)), "{} overlaps another", panel["title"]);
            }
        }
    }
}
