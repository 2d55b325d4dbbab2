//! The rules are valid, and fire for what a faulted server exports.

#![allow(clippy::print_stdout, reason = "what a program says is shown where its test fails")]

#[path = "../../tests/common/mod.rs"]
mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use common::faults::Faults;
use common::tools::require_tool;
use common::{PATIENCE, run_for};
use serde_json::{Value, json};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("prometheus")
}

fn promtool(arguments: &[&str], file: &Path) -> bool {
    let output = Command::new("promtool").args(arguments).arg(file).output().expect("it starts");
    println!("{}", String::from_utf8_lossy(&output.stdout));
    println!("{}", String::from_utf8_lossy(&output.stderr));
    output.status.success()
}

/// The names of all alerts.
fn alerts() -> BTreeSet<String> {
    let rules = std::fs::read_to_string(folder().join("rules.yml")).expect("the rules");
    let names = rules.lines().filter_map(|line| line.trim().strip_prefix("- alert: "));
    names.map(str::to_owned).collect()
}

#[test]
fn promtool_accepts_the_rules() {
    require_tool!("promtool");
    assert!(promtool(&["check", "rules"], &folder().join("rules.yml")));
}

/// Each alert fires for the values that it is for, and keeps quiet for others.
#[test]
fn promtool_accepts_the_tests_of_the_rules() {
    require_tool!("promtool");
    let tests = folder().join("rules_test.yml");
    assert!(promtool(&["test", "rules"], &tests));
    let text = std::fs::read_to_string(tests).expect("the tests");
    for alert in alerts() {
        assert!(text.contains(&format!("alertname: {alert}\n")), "{alert} has no test");
    }
}

/// An export, as values by series, and which families only grow.
#[derive(Debug)]
struct Export {
    values: BTreeMap<String, f64>,
    growing: BTreeSet<String>,
}

impl Export {
    fn parse(text: &str) -> Self {
        let mut export = Self { values: BTreeMap::new(), growing: BTreeSet::new() };
        for line in text.lines() {
            if let Some(family) = line.strip_prefix("# TYPE ") {
                let (name, kind) = family.split_once(' ').expect("a name and a kind");
                if kind != "gauge" {
                    export.growing.insert(name.to_owned());
                }
            } else if !line.starts_with('#') {
                let (series, value) = line.rsplit_once(' ').expect("a series and a value");
                export.values.insert(series.to_owned(), value.parse().expect("a number"));
            }
        }
        export
    }

    fn grows(&self, series: &str) -> bool {
        let name = series.split('{').next().expect("a name");
        let ends = ["", "_bucket", "_sum", "_count"];
        ends.iter()
            .any(|end| name.strip_suffix(end).is_some_and(|name| self.growing.contains(name)))
    }
}

/// The series of a server that goes on as it did from the one export to the other, once a minute.
fn input_series(before: &Export, after: &Export) -> Vec<Value> {
    let series = after.values.iter().map(|(series, value)| {
        let values = if after.grows(series) {
            let begin = before.values.get(series).copied().unwrap_or(0.0);
            format!("{begin}+{}x20", value - begin)
        } else {
            format!("{value}+0x20")
        };
        let labels = r#"job="shop", instance="shop-0""#;
        let series = match series.split_once('{') {
            Some((name, rest)) => format!("{name}{{{labels}, {rest}"),
            None => format!("{series}{{{labels}}}"),
        };
        json!({ "series": series, "values": values })
    });
    series.collect()
}

/// A file of tests that expects just these alerts, each with its route or actor, after 15 minutes.
fn rule_test(series: &[Value], firing: &[(&str, &str, &str)]) -> Value {
    let samples = firing.iter().map(|(alert, label, value)| {
        let label = if label.is_empty() { String::new() } else { format!(", {label}={value:?}") };
        json!({ "labels": format!("{{alertname={alert:?}{label}}}"), "value": 1 })
    });
    json!({
        "rule_files": [folder().join("rules.yml")],
        "evaluation_interval": "1m",
        "tests": [{
            "interval": "1m",
            "input_series": series,
            "promql_expr_test": [{
                // How slow a route is, is the machine's.
                "expr": "group by (alertname, route, actor) \
                         (ALERTS{alertstate='firing', alertname!='OserverSlow'})",
                "eval_time": "15m",
                "exp_samples": samples.collect::<Vec<_>>(),
            }],
        }],
    })
}

#[test]
fn the_alerts_fire_for_what_a_faulted_server_exports() {
    require_tool!("promtool");
    run_for(4 * PATIENCE, async {
        let arguments = ["--admin", "127.0.0.1:0", "--max-blocked", "2"];
        let faults = Faults::start_with(&arguments, &[]);
        faults.ask_until("/readyz", 200).await;
        for path in ["/ok", "/panic"] {
            faults.get(path).await;
        }
        let before = Export::parse(faults.ask("/metrics").await.text());
        for _ in 0..10 {
            assert_eq!(faults.get("/panic").await.status, 500);
            assert_eq!(faults.get("/ok").await.status, 200);
        }
        assert_eq!(faults.get("/block").await.status, 504);
        faults.status_until(|status| status["blocked_threads"] == 1).await;
        // The breaker is open.
        assert_eq!(faults.get("/block").await.status, 503);
        // Until it has failed more often than it may; the delays between restarts grow.
        let begin = Instant::now();
        let after = loop {
            faults.get("/poison").await;
            let export = Export::parse(faults.ask("/metrics").await.text());
            if export.values["oserver_actor_over_budget{actor=\"Counter\"}"] > 0.0 {
                break export;
            }
            assert!(begin.elapsed() < PATIENCE, "{export:#?}");
        };
        drop(faults);

        let mut firing = vec![
            ("OserverNotLive", "", ""),
            ("OserverNotReady", "", ""),
            ("OserverRouteAlarm", "route", "GET /panic"),
            ("OserverRouteAlarm", "route", "GET /block"),
            ("OserverRouteAlarm", "route", "GET /poison"),
            ("OserverBreakerOpen", "route", "GET /block"),
            ("OserverThreadsAbandoned", "", ""),
            ("OserverThreadHeld", "", ""),
            ("OserverErrorRatio", "route", "GET /panic"),
            ("OserverErrorRatio", "route", "GET /poison"),
            ("OserverRefusing", "route", "GET /block"),
            ("OserverActorOverBudget", "actor", "Counter"),
            ("OserverActorRestarting", "actor", "Counter"),
        ];
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("test.yml");
        let series = input_series(&before, &after);
        let check = |firing: &[_]| {
            std::fs::write(&file, rule_test(&series, firing).to_string()).expect("written");
            promtool(&["test", "rules"], &file)
        };
        assert!(check(&firing), "{after:#?}");
        // The check can fail.
        firing.pop();
        assert!(!check(&firing));
    });
}
