//! The book's code in other languages than Rust is accepted by the programs that it is for.

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
    // The metrics of the rules are documented.
    let told = read("docs/reference.md");
    let names = rules.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
    let names: BTreeSet<&str> = names.filter(|name| name.starts_with("oserver_")).collect();
    assert!(names.len() > 3, "{names:?}");
    for name in names {
        assert!(told.contains(&format!("`{name}`")), "no metric {name}");
    }
}

/// Two versions of an alert would have two names or two limits.
#[test]
fn each_alert_of_the_book_is_shipped_word_for_word() {
    let yaml = blocks("docs/operations.md", "yaml");
    let [_, rules] = &yaml[..] else { panic!("{yaml:?}") };
    let shipped = read("ops/prometheus/rules.yml");
    let alerts = |text: &str| {
        let alerts = text.split("      - alert: ").skip(1);
        alerts.map(|alert| alert.trim_end().to_owned()).collect::<Vec<_>>()
    };
    let (quoted, shipped) = (alerts(rules), alerts(&shipped));
    assert!(quoted.len() > 3, "{quoted:?}");
    for alert in quoted {
        let is_shipped = shipped.iter().any(|shipped| shipped.starts_with(&alert));
        assert!(is_shipped, "ops/prometheus/rules.yml does not have:\n{alert}");
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
fn the_record_in_the_book_has_documented_fields_only() {
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
fn every_link_of_the_book_has_a_target() {
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

/// mdBook leaves out a page that the summary does not name.
/// A page is text to every tool, also with two versions of a paragraph in it.
#[test]
fn no_chapter_has_the_marks_of_a_merge() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    for entry in std::fs::read_dir(folder).expect("the book") {
        let path = entry.expect("readable").path();
        if path.extension().is_some_and(|extension| extension == "md") {
            let text = std::fs::read_to_string(&path).expect("UTF-8");
            let marks = ["<<<<<<< ", "=======", ">>>>>>> "];
            let marked = text.lines().find(|line| marks.iter().any(|mark| line.starts_with(mark)));
            assert_eq!(marked, None, "{}", path.display());
        }
    }
}

#[test]
fn the_summary_and_the_first_page_name_each_chapter() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let (summary, first) = (read("docs/SUMMARY.md"), read("docs/README.md"));
    let pages = |folder: &str| {
        let entries = std::fs::read_dir(root.join(folder)).expect("a folder");
        let names = entries.map(|entry| entry.expect("an entry").file_name());
        let names = names.map(|name| name.into_string().expect("text"));
        names.filter(|name| name.ends_with(".md") && name != "SUMMARY.md").collect::<Vec<_>>()
    };
    for page in pages("errors") {
        assert!(summary.contains(&format!("(errors/{page})")), "errors/{page}");
    }
    for page in pages("") {
        assert!(summary.contains(&format!("({page})")), "{page} is not in docs/SUMMARY.md");
        let is_named = page == "README.md" || first.contains(&format!("({page})"));
        assert!(is_named, "{page} is not in docs/README.md");
    }
}

/// The commands that a visitor runs first are tested first.
#[test]
fn continuous_integration_begins_with_the_commands_of_the_readme() {
    let readme = blocks("README.md", "sh");
    let block = readme.iter().find(|block| block.contains("--example demo")).expect("a block");
    let commands = block.lines().filter_map(|line| line.split('#').next());
    let commands: Vec<&str> = commands.map(str::trim).filter(|line| !line.is_empty()).collect();
    assert_eq!(commands.len(), 2, "{commands:?}");
    let script = read(".ci/run");
    // Without the variables that a command is given.
    let is_variable = |word: &&str| word.contains('=');
    let lines = script
        .lines()
        .map(|line| line.split(' ').skip_while(is_variable).collect::<Vec<_>>().join(" "));
    let first: Vec<String> = lines.filter(|line| line.starts_with("cargo ")).take(2).collect();
    assert_eq!(first, commands);
}

/// A tool that a test asks for is installed where all tests have to run.
#[test]
fn continuous_integration_installs_the_tools_of_the_tests() {
    let script = read(".ci/run");
    for (program, install) in tools::TOOLS {
        let package = install.rsplit_once(' ').expect("a command").1;
        assert!(script.contains(package), "{program}: `{package}` is not installed by .ci/run");
    }
}
