//! One JSON object a line.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::{Finding, Printer};

pub(super) fn print(
    printer: &Printer<'_>,
    findings: &[Finding],
    out: &mut dyn Write,
) -> io::Result<()> {
    for finding in findings {
        writeln!(out, "{}", object(printer, finding))?;
    }
    Ok(())
}

fn object(printer: &Printer<'_>, finding: &Finding) -> Value {
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
        "message": finding.message,
        "help": finding.help,
        "chain": chain,
    });
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
