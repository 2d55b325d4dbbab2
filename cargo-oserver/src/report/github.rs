//! Workflow commands: GitHub shows them at their lines.

use std::io::{self, Write};

use super::{Finding, Level, Printer, groups, json};

pub(super) fn print(
    printer: &Printer<'_>,
    findings: &[Finding],
    out: &mut dyn Write,
) -> io::Result<()> {
    for group in groups::by_handler(findings) {
        let finding = &group[0];
        let command = match finding.level {
            Level::Deny => "error",
            _ => "warning",
        };
        let mut message = json::whole_message(group);
        for step in &finding.chain {
            let path = printer.step_path(step);
            message.push_str(&format!("\n{path}:{}: {}", step.place.line, step.what));
        }
        message.push_str(&format!("\nhelp: {}", finding.help));
        writeln!(
            out,
            "::{command} file={},line={},col={},title={}::{}",
            property(&printer.path(finding)),
            finding.place.line,
            finding.place.column,
            property(finding.lint.name),
            data(&message),
        )?;
    }
    Ok(())
}

/// `%` comes first, because the other escapes contain it.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::{data, property};

    #[test]
    fn messages_and_properties_are_escaped() {
        assert_eq!(data("100%\r\nnext: a, b"), "100%25%0D%0Anext: a, b");
        assert_eq!(property("a:b,c%\n"), "a%3Ab%2Cc%25%0A");
    }
}
