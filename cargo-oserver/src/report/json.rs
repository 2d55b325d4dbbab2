//! The JSON report: one object a line.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::{Finding, Printer, groups};
use crate::reach::Step;

pub(super) fn print(
    printer: &Printer<'_>,
    findings: &[Finding],
    out: &mut dyn Write,
) -> io::Result<()> {
    for group in groups::by_handler(findings) {
        writeln!(out, "{}", object(printer, group))?;
    }
    Ok(())
}

/// Returns one object for each handler: its chain leads to the nearest lock, and the message names the others.
fn object(printer: &Printer<'_>, group: &[Finding]) -> Value {
    let finding = &group[0];
    let path = printer.path(finding);
    let chain: Vec<Value> = finding
        .chain
        .iter()
        .map(|step| {
            json!({"path": printer.step_path(step), "line": step.place.line, "what": step.what})
        })
        .collect();
    let mut object = json!({
        "lint": finding.lint.name,
        "level": finding.level.name(),
        "path": path,
        "line": finding.place.line,
        "column": finding.place.column,
        "message": whole_message(group),
        "help": finding.help,
        "chain": chain,
    });
    if let Some(lock) = &finding.lock {
        object["lock"] = json!(lock.key);
        let locks = group.iter().filter_map(|finding| finding.lock.as_ref());
        object["locks"] = locks
            .map(|lock| json!({"key": lock.key, "kind": lock.kind, "what": lock.text}))
            .collect();
    }
    if !finding.others.is_empty() {
        let step = |step: &Step| json!({"path": printer.step_path(step), "line": step.place.line, "what": step.what});
        object["also"] = finding.others.iter().map(step).collect();
    }
    if let Some(handler) = &finding.handler {
        object["handler"] = json!({
            "name": handler.name,
            "path": path,
            "line": finding.place.line,
            "param": handler.param,
            "via": handler.via,
        });
    }
    object
}

/// Returns the message of the first finding, with the further locks of the same handler.
pub(super) fn whole_message(group: &[Finding]) -> String {
    let mut message = group[0].message.clone();
    let others: Vec<&str> = group[1..]
        .iter()
        .filter_map(|finding| finding.lock.as_ref())
        .map(|lock| &*lock.text)
        .collect();
    if !others.is_empty() {
        message.push_str(&format!("; and to {}", others.join(", ")));
    }
    message
}
