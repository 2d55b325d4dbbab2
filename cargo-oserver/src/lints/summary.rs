//! The summary of a run: its numbers show what an empty result is worth.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::Path;

use super::{Context, unread_server};
use crate::handlers::Verdict;

/// The numbers of one run, and the code that it did not understand.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    pub files: usize,
    pub lines: u64,
    pub packages: usize,
    /// Handlers by their framework.
    pub frameworks: BTreeMap<&'static str, usize>,
    pub clean: usize,
    pub forbidden: usize,
    pub unknown: usize,
    pub accept_loops: usize,
    /// Calls that start a server.
    pub servers: usize,
    /// Routes that could not be followed to a handler.
    pub unread_routes: usize,
    /// Servers that packages depend on and that are not read.
    pub unread_frameworks: BTreeSet<&'static str>,
    pub unreadable: usize,
    /// Calls of `include!` that bring code which is not read.
    pub unread_includes: usize,
}

pub(super) fn of(context: &Context<'_, '_>) -> Summary {
    let sources = context.program.sources;
    let selected = |file: u32| sources.files[file as usize].selected;
    // A package around another has that one's files.
    let with_files: HashSet<&Path> = sources
        .files
        .iter()
        .filter(|file| file.selected)
        .filter_map(|file| file.path.parent())
        .collect::<HashSet<&Path>>()
        .into_iter()
        .flat_map(Path::ancestors)
        .collect();
    let mut summary = Summary {
        files: sources.files.iter().filter(|file| file.selected).count(),
        lines: sources
            .files
            .iter()
            .filter(|file| file.selected)
            .map(|file| u64::from(file.lines))
            .sum(),
        packages: sources
            .packages
            .iter()
            .filter(|package| with_files.contains(&*package.root))
            .count(),
        accept_loops: context.servers.loops.values().map(Vec::len).sum(),
        servers: unread_server::servers(context)
            .iter()
            .filter(|server| selected(server.file))
            .count(),
        unread_routes: context.servers.not_read.iter().filter(|route| selected(route.file)).count(),
        unread_frameworks: unread_server::frameworks(context)
            .into_iter()
            .map(|(_, name)| name)
            .collect(),
        unreadable: sources.problems.len(),
        unread_includes: unread_server::includes(context)
            .iter()
            .filter(|include| selected(include.file))
            .count(),
        ..Summary::default()
    };
    for handler in context.handlers.iter().filter(|handler| selected(handler.file)) {
        *summary.frameworks.entry(handler.framework.name()).or_default() += 1;
        match handler.verdict() {
            Verdict::Clean => summary.clean += 1,
            Verdict::Forbidden => summary.forbidden += 1,
            Verdict::Unknown => summary.unknown += 1,
        }
    }
    summary
}

impl Summary {
    /// Returns the lines that end a run.
    #[must_use]
    pub fn text(&self) -> Vec<String> {
        let handlers = self.clean + self.forbidden + self.unknown;
        let frameworks: Vec<String> =
            self.frameworks.iter().map(|(name, count)| format!("{name} {count}")).collect();
        let of = if frameworks.is_empty() {
            String::new()
        } else {
            format!(" ({})", frameworks.join(", "))
        };
        let mut lines = vec![
            format!(
                "read {} in {} of {}",
                counted(self.files, "file"),
                counted(self.packages, "package"),
                counted(usize::try_from(self.lines).unwrap_or(usize::MAX), "line")
            ),
            format!(
                "found {}{of}: {} clean, {} forbidden, {} unknown; {}",
                counted(handlers, "handler"),
                self.clean,
                self.forbidden,
                self.unknown,
                counted(self.accept_loops, "accept loop")
            ),
        ];
        if self.unread_routes > 0 {
            lines.push(format!(
                "not understood: {} (lint `unread-server`)",
                counted(self.unread_routes, "route")
            ));
        }
        if !self.unread_frameworks.is_empty() {
            let names: Vec<&str> = self.unread_frameworks.iter().copied().collect();
            lines
                .push(format!("not read: handlers of {} (lint `unread-server`)", names.join(", ")));
        }
        if self.unread_includes > 0 {
            lines.push(format!(
                "not read: {} of files that a build script writes (lint `unread-server`)",
                match self.unread_includes {
                    1 => "1 `include!`".to_owned(),
                    number => format!("{number} `include!`s"),
                }
            ));
        }
        if self.unreadable > 0 {
            lines.push(format!(
                "not readable: {} (lint `unreadable-file`)",
                counted(self.unreadable, "file")
            ));
        }
        if handlers == 0 && self.servers > 0 {
            lines.push(format!(
                "warning: {} and no handler was found",
                counted(self.servers, "server")
            ));
        }
        lines
    }
}

fn counted(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}
