//! What the book shows besides Rust is taken by the programs that it is for.

#![allow(clippy::print_stdout, reason = "what a program says is shown where its test fails")]

mod common;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use common::tools::{self, require_tool};
use serde_json::Value;

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The code in fences of this language, in a chapter.
fn blocks(chapter: &str, language: &str) -> Vec<String> {
    let text = read(chapter);
    let fences = text.split("\n```").collect::<Vec<_>>();
    // Text, code, text, code, …
    let code = fences.chunks_exact(2).filter_map(|pair| pair[1].split_once('\n'));
    code.filter(|(info, _)| *info == language).map(|(_, code)| code.to_owned()).collect()
}

/// Returns `true` if a program finds no fault in a file.
fn accepts(program: &str, arguments: &[&str], name: &str, content: &str) -> bool {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join(name);
    std::fs::write(&file, content).expect("written");
    let output = Command::new(program).args(arguments).arg(&file).output().expect("it starts");
    println!("{}", String::from_utf8_lossy(&output.stderr));
    output.status.success()
}

#[test]
fn promtool_accepts_the_configuration_and_rules_of_the_book() {
    require_tool!("promtool");
    let yaml = blocks("docs/operations.md", "yaml");
    let [configuration, rules] = &yaml[..] else { panic!("{yaml:?}") };
    let config = |content: &str| {
        accepts("promtool", &["check", "config", "--syntax-only"], "prometheus.yml", content)
    };
    let check_rules =
        |content: &str| accepts("promtool", &["check", "rules"], "rules.yml", content);
    assert!(config(configuration), "{configuration}");
    assert!(check_rules(rules), "{rules}");
    // The checks can fail.
    assert!(!config(&configuration.replace("static_configs", "static")));
    assert!(!check_rules(&rules.replace("== 1", "== ==")));
    // And what the rules ask for is there.
    let told = read("docs/reference.md");
    let names = rules.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
    let names: BTreeSet<&str> = names.filter(|name| name.starts_with("oserver_")).collect();
    assert!(names.len() > 3, "{names:?}");
    for name in names {
        assert!(told.contains(&format!("`{name}`")), "no metric {name}");
    }
}

#[test]
fn systemd_analyze_accepts_the_unit_of_the_book() {
    require_tool!("systemd-analyze");
    let units = blocks("docs/operations.md", "ini");
    let [unit] = &units[..] else { panic!("{units:?}") };
    // The program has to be there.
    let unit = unit.replace("/usr/local/bin/shop", "/bin/true");
    let verify = |content: &str| {
        accepts("systemd-analyze", &["verify", "--man=no"], "shop.service", content)
    };
    if !verify("[Service]\nExecStart=/bin/true\n") {
        return tools::missing("systemd-analyze", "it accepts no unit at all on this machine");
    }
    assert!(verify(&unit), "{unit}");
    assert!(!verify(&unit.replace("ExecStart", "Exec")), "the check can fail");
}

/// The record has no field that the documentation does not tell of.
#[test]
fn the_record_that_is_shown_is_one() {
    let records = blocks("docs/operations.md", "json");
    let [record] = &records[..] else { panic!("{records:?}") };
    let record: Value = serde_json::from_str(record).expect("JSON");
    let told = read("docs/reference.md");
    let table = told.split_once("| field | in | meaning |").expect("a table").1;
    let table = table.lines().skip(1).take_while(|line| line.starts_with('|'));
    let names = table.filter_map(|line| line.split('|').nth(1));
    let names: BTreeSet<&str> = names.flat_map(|cell| cell.split('`').skip(1).step_by(2)).collect();
    for field in record.as_object().expect("an object").keys() {
        assert!(names.contains(&**field), "`{field}` is told nowhere: {names:?}");
    }
}

/// From page to page, and to what they tell of.
#[test]
fn links_lead_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let pages = |folder: &str| {
        let entries = std::fs::read_dir(root.join(folder)).expect("a folder");
        entries.map(|entry| entry.expect("an entry").path()).collect::<Vec<_>>()
    };
    let pages = [pages(""), pages("docs"), pages("docs/errors")].concat();
    let mut followed = 0;
    for page in pages.iter().filter(|page| page.extension().is_some_and(|end| end == "md")) {
        let text = std::fs::read_to_string(page).expect("text");
        for link in text.split("](").skip(1).filter_map(|rest| rest.split_once(')')) {
            let (link, _) = link.0.split_once('#').unwrap_or((link.0, ""));
            // Those of rustdoc, and of others.
            if link.is_empty() || link.contains("::") || link.contains("://") {
                continue;
            }
            let target = page.parent().expect("a folder").join(link);
            assert!(target.exists(), "{}: `{link}` leads nowhere", page.display());
            followed += 1;
        }
    }
    assert!(followed > 20, "{followed}");
}
