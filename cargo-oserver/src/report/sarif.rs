//! The SARIF 2.1.0 report.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::{Finding, Level, Printer, groups};
use crate::reach::Step;
use crate::syntax::Place;

pub(super) fn print(
    printer: &Printer<'_>,
    findings: &[Finding],
    out: &mut dyn Write,
) -> io::Result<()> {
    let rules: Vec<Value> = printer
        .lints
        .iter()
        .map(|lint| {
            json!({
                "id": lint.name,
                "name": pascal(lint.name),
                "shortDescription": {"text": sentence(lint.summary)},
                "fullDescription": {"text": sentence(lint.summary)},
                "help": {"text": lint.page, "markdown": lint.page},
                "defaultConfiguration": {"level": level(lint.level)},
            })
        })
        .collect();
    let results: Vec<Value> =
        groups::by_lock(findings).iter().map(|all| result(printer, all)).collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "cargo-oserver",
                // Where its first release is documented.
                "informationUri": "https://docs.rs/cargo-oserver",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "columnKind": "unicodeCodePoints",
            "automationDetails": {"id": "cargo-oserver/audit/"},
            "results": results,
        }],
    });
    writeln!(out, "{log:#}")
}

/// Returns one result for each lock, with all handlers that reach it as related locations.
fn result(printer: &Printer<'_>, all: &[&Finding]) -> Value {
    let finding = all[0];
    let index = printer.lints.iter().position(|lint| lint.name == finding.lint.name);
    let path = printer.path(finding);
    let subject = match &finding.lock {
        Some(lock) => format!("{}:{}", finding.lint.name, lock.key),
        None => format!("{}:{path}:{}", finding.lint.name, finding.subject),
    };
    let mut result = json!({
        "ruleId": finding.lint.name,
        "ruleIndex": index,
        "level": level(finding.level),
        "message": {"text": format!("{}. {}.", finding.message, finding.help)},
        "locations": [location(printer, &path, finding.file, finding.place, None)],
        "partialFingerprints": {"subject/v2": subject},
    });
    if !finding.chain.is_empty() {
        let steps: Vec<Value> =
            finding.chain.iter().map(|step| json!({"location": at_step(printer, step)})).collect();
        result["codeFlows"] = json!([{"threadFlows": [{"locations": steps}]}]);
    }
    let grouped = all[1..].iter().map(|other| {
        let name = other.handler.as_ref().map_or(&other.subject, |handler| &handler.name);
        location(
            printer,
            &printer.path(other),
            other.file,
            other.place,
            Some(&format!("`{name}` also reaches it")),
        )
    });
    let related: Vec<Value> =
        grouped.chain(finding.others.iter().map(|step| at_step(printer, step))).collect();
    if !related.is_empty() {
        result["relatedLocations"] = Value::Array(related);
    }
    result
}

fn at_step(printer: &Printer<'_>, step: &Step) -> Value {
    location(printer, &printer.step_path(step), Some(step.file), step.place, Some(&step.what))
}

/// Returns the region from a place to the end of its line, if the file can be read.
fn location(
    printer: &Printer<'_>,
    path: &str,
    file: Option<u32>,
    place: Place,
    message: Option<&str>,
) -> Value {
    let (line, column) = (place.line.max(1), place.column.max(1));
    let end = file.and_then(|file| printer.line_length(file, line)).unwrap_or(column);
    let mut location = json!({
        "physicalLocation": {
            "artifactLocation": {"uri": uri(path)},
            "region": {
                "startLine": line,
                "startColumn": column,
                "endLine": line,
                // The column after the last one.
                "endColumn": end.max(column) + 1,
            },
        },
    });
    if let Some(message) = message {
        location["message"] = json!({"text": message});
    }
    location
}

/// Escapes every byte that the path of a URI cannot contain as it is.
fn uri(path: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte);
    path.bytes()
        .map(|byte| if plain(byte) { (byte as char).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string());
    format!("{}{}.", first.unwrap_or_default(), letters.as_str())
}

fn pascal(name: &str) -> String {
    let word = |word: &str| word[..1].to_uppercase() + &word[1..];
    name.split('-').map(word).collect()
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Deny => "error",
        Level::Warn => "warning",
        Level::Allow => "none",
    }
}
