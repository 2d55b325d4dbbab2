//! The report for people, in the style of rustc.

use std::io::{self, Write};

use annotate_snippets::{AnnotationKind, Group, Level as Title, Renderer, Snippet};

use super::{Finding, Level, Printer, groups};
use crate::reach::Step;

pub(super) fn print(
    printer: &Printer<'_>,
    findings: &[Finding],
    out: &mut dyn Write,
) -> io::Result<()> {
    let renderer = if printer.styled { Renderer::styled() } else { Renderer::plain() };
    let groups = groups::by_lock(findings);
    for all in &groups {
        let finding = all[0];
        let title = match finding.level {
            Level::Deny => Title::ERROR,
            _ => Title::WARNING,
        };
        let message = title_of(all);
        let path = printer.path(finding);
        let line = finding.file.and_then(|file| line(printer, file, finding.place.line));
        let mut group = Group::with_title(title.primary_title(&*message).id(finding.lint.name));
        let text;
        match line {
            Some(found) => {
                text = found;
                let start = offset(&text, finding.place.column);
                let end = text.trim_end().len().max(start);
                let snippet = Snippet::source(&*text)
                    .line_start(finding.place.line as usize)
                    .path(&path)
                    .annotation(AnnotationKind::Primary.span(start..end));
                group = group.element(snippet);
            }
            None => {
                let place = format!("{path}:{}", finding.place.line);
                group = group.element(Title::NOTE.message(place));
            }
        }
        for step in &finding.chain {
            let place = format!("{}:{}", printer.step_path(step), step.place.line);
            group = group.element(Title::NOTE.message(format!("{} at {place}", step.what)));
        }
        for line in also(printer, all) {
            group = group.element(Title::NOTE.message(line));
        }
        group = group.element(Title::HELP.message(&finding.help));
        writeln!(out, "{}\n", renderer.render(&[group]))?;
    }
    summary(&groups, out)
}

/// Returns the message, with the number of further handlers that reach the same lock.
fn title_of(all: &[&Finding]) -> String {
    match (all, &all[0].lock) {
        ([_, others @ ..], Some(_)) if !others.is_empty() => {
            let more = if others.len() == 1 {
                "1 more handler".to_owned()
            } else {
                format!("{} more handlers", others.len())
            };
            format!("{}; {more} reach it", all[0].message)
        }
        _ => all[0].message.clone(),
    }
}

/// Returns the further handlers, the nearest first, one a line.
fn also(printer: &Printer<'_>, all: &[&Finding]) -> Vec<String> {
    let grouped = all[1..].iter().map(|finding| {
        let name = finding.handler.as_ref().map_or(&finding.subject, |handler| &handler.name);
        format!("also `{name}` at {}:{}", printer.path(finding), finding.place.line)
    });
    // Handlers of a static's lock with their own findings are reported already.
    let told = |step: &&Step| {
        all[1..].iter().any(|found| (found.file, found.place) == (Some(step.file), step.place))
    };
    let others = all[0].others.iter().filter(|step| !told(step)).map(|step| {
        format!("also {} at {}:{}", step.what, printer.step_path(step), step.place.line)
    });
    grouped.chain(others).collect()
}

fn summary(groups: &[Vec<&Finding>], out: &mut dyn Write) -> io::Result<()> {
    let denied = groups.iter().filter(|all| all[0].level == Level::Deny).count();
    let noun = |count: usize| if count == 1 { "finding" } else { "findings" };
    writeln!(
        out,
        "{} {}, {denied} of them at deny level; `cargo oserver audit --explain LINT` explains a lint",
        groups.len(),
        noun(groups.len())
    )
}

/// The file is read again: sources are not kept.
fn line(printer: &Printer<'_>, file: u32, number: u32) -> Option<String> {
    let text = std::fs::read_to_string(&printer.file(file).path).ok()?;
    text.lines().nth(number.checked_sub(1)? as usize).map(|line| line.replace('\t', " "))
}

/// From a column in characters to one in bytes.
fn offset(text: &str, column: u32) -> usize {
    let skipped = column.saturating_sub(1) as usize;
    text.char_indices().nth(skipped).map_or(text.len(), |(at, _)| at)
}
