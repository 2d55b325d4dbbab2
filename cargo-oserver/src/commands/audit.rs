//! `cargo oserver audit`

use std::fs::File;
use std::io::{BufWriter, Write, stdout};

use super::arguments::Audit;
use super::{FOUND, base, read, say};
use crate::dependencies::{Dependencies, OfSources};
use crate::findings::{Finding, Level};
use crate::lints;
use crate::report::{Baseline, Config, Format, Printer};

pub(super) fn run(arguments: &Audit) -> Result<u8, String> {
    if let Some(name) = &arguments.explain {
        return explain(name);
    }
    let base = base()?;
    contradictions(arguments)?;
    let common = &arguments.common;
    let (roots, sources) = read::selected(common, &base)?;
    let config = config(arguments, &roots[0])?;
    let dependencies = Dependencies::of(&sources);
    let (mut findings, summary) =
        lints::run_and_sum(&sources, Some(&OfSources::new(&dependencies, &sources)));
    dependencies.keep();
    if !common.quiet {
        dependencies.notes().iter().for_each(|note| say(&format!("note: {note}")));
    }
    let mut notes = config.apply(&sources, &mut findings);
    notes.extend(config.idle(&sources));
    notes.iter().for_each(|note| say(&format!("note: {note}")));
    let printer = Printer {
        sources: &sources,
        base,
        lints: lints::all().collect(),
        styled: read::styled(common.color),
        lengths: Default::default(),
    };
    if let Some(path) = &arguments.write_baseline {
        return write_baseline(path, &printer, &findings);
    }
    if let Some(path) = &arguments.baseline {
        Baseline::read(path)?.retain_new(&printer, &mut findings);
    }
    print(&printer, &findings, arguments.format)?;
    if !common.quiet {
        // The report goes to stdout. The summary follows it for people; for machines the summary goes to stderr.
        summary.text().iter().for_each(|line| print_line(arguments.format, line));
    }
    let read = read::has_files(&sources);
    // The process ends here. To free millions of small allocations would take a fifth of the run.
    std::mem::forget(sources);
    read?;
    Ok(if findings.iter().any(|finding| finding.level == Level::Deny) { FOUND } else { 0 })
}

fn print_line(format: Format, line: &str) {
    match format {
        // A closed pipe is no error: its reader wants no more.
        Format::Human => drop(writeln!(stdout(), "{line}")),
        _ => say(line),
    }
}

/// Refuses a lint with two levels, such as both allowed and denied.
fn contradictions(arguments: &Audit) -> Result<(), String> {
    let lists = [("deny", &arguments.deny), ("warn", &arguments.warn), ("allow", &arguments.allow)];
    for (index, (first, list)) in lists.iter().enumerate() {
        for (second, other) in &lists[index + 1..] {
            if let Some(name) = list.iter().find(|name| other.contains(name)) {
                return Err(format!(
                    "`--{first} {name}` and `--{second} {name}` contradict each other: remove one"
                ));
            }
        }
    }
    Ok(())
}

fn config(arguments: &Audit, root: &std::path::Path) -> Result<Config, String> {
    let folder = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    let mut config = Config::read(&folder, lints::all().collect())?;
    config.set(Level::Deny, &arguments.deny)?;
    config.set(Level::Warn, &arguments.warn)?;
    config.set(Level::Allow, &arguments.allow)?;
    Ok(config)
}

fn print(printer: &Printer<'_>, findings: &[Finding], format: Format) -> Result<(), String> {
    let mut out = BufWriter::new(stdout().lock());
    let printed = printer.print(findings, format, &mut out).and_then(|()| out.flush());
    // The reader of the report may stop reading early: `… | head`.
    printed.or_else(|error| match error.kind() {
        std::io::ErrorKind::BrokenPipe => Ok(()),
        _ => Err(error.to_string()),
    })
}

fn write_baseline(
    path: &std::path::Path,
    printer: &Printer<'_>,
    findings: &[Finding],
) -> Result<u8, String> {
    let written = File::create(path).and_then(|file| {
        let mut out = BufWriter::new(file);
        Baseline::write(printer, findings, &mut out)?;
        out.flush()
    });
    written.map_err(|error| format!("{}: {error}", path.display()))?;
    say(&format!("{} findings are accepted in {}", findings.len(), path.display()));
    Ok(0)
}

fn explain(name: &str) -> Result<u8, String> {
    let lint = lints::by_name(name).ok_or_else(|| {
        let all: Vec<&str> = lints::all().map(|lint| lint.name).collect();
        format!("there is no lint `{name}`; there are {}", all.join(", "))
    })?;
    writeln!(stdout(), "{}", lint.page.trim_end()).map_err(|error| error.to_string())?;
    Ok(0)
}
