//! SARIF 2.1.0.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::{Finding, Level, Printer};
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
    let results: Vec<Value> = findings.iter().map(|finding| result(printer, finding)).collect();
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

fn result(printer: &Printer<'_>, finding: &Finding) -> Value {
    let index = printer.lints.iter().position(|lint| lint.name == finding.lint.name);
    let path = printer.path(finding);
    let mut result = json!({
        "ruleId": finding.lint.name,
        "ruleIndex": index,
        "level": level(finding.level),
        "message": {"text": format!("{}. {}.", finding.message, finding.help)},
        "locations": [location(&path, finding.place, None)],
        "partialFingerprints": {
            "subject/v1": format!("{}:{path}:{}", finding.lint.name, finding.subject),
        },
    });
    if !finding.chain.is_empty() {
        let steps: Vec<Value> = finding
            .chain
            .iter()
            .map(|step| {
                let path = printer.step_path(step);
                json!({"location": location(&path, step.place, Some(&step.what))})
            })
            .collect();
        result["codeFlows"] = json!([{"threadFlows": [{"locations": steps}]}]);
    }
    result
}

fn location(path: &str, place: Place, message: Option<&str>) -> Value {
    let mut location = json!({
        "physicalLocation": {
            "artifactLocation": {"uri": uri(path)},
            "region": {"startLine": place.line.max(1), "startColumn": place.column.max(1)},
        },
    });
    if let Some(message) = message {
        location["message"] = json!({"text": message});
    }
    location
}

/// What is no letter of a path in a URI is escaped byte by byte.
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
