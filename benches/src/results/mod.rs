//! Writes one table and one plot of what was measured. It depends on the modes that measure, and not on `all`, which
//! calls it.

mod markdown;
mod place;
mod plot;

use std::path::Path;

use crate::faults::ScenarioResult;
use crate::memory::MemoryUse;
use crate::throughput::Measured;

pub use self::place::machine;
use self::plot::Group;

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/benchmarks.md");
const BEGIN: &str = "<!-- bench:begin -->\n";
const END: &str = "<!-- bench:end -->";

pub struct Results {
    pub throughput: Vec<Measured>,
    pub memory: MemoryUse,
    pub faults: Vec<ScenarioResult>,
    /// The servers of the first table.
    pub servers: Vec<&'static str>,
    /// The servers of the second table and of the plot.
    pub servers_with_faults: Vec<&'static str>,
    /// One line for the reader: how often and how long was measured.
    pub method: String,
}

impl Results {
    fn unfaulted(&self) -> Vec<&'static str> {
        in_order(&self.servers)
    }

    fn faulted(&self) -> Vec<&'static str> {
        in_order(&self.servers_with_faults)
    }

    /// Measurements that failed, or whose figures are not reliable.
    fn failures(&self) -> impl Iterator<Item = &String> {
        let throughput = self.throughput.iter().flat_map(|measured| &measured.notes);
        let faults = self.faults.iter().flat_map(|played| &played.failures);
        throughput.chain(&self.memory.notes).chain(faults)
    }
}

/// Orders columns, rows and bars: oserver first, then its peers.
fn in_order(servers: &[&'static str]) -> Vec<&'static str> {
    let mut servers = servers.to_vec();
    servers.sort_by_key(|server| !server.starts_with("oserver"));
    servers
}

/// Writes `table.md` and `plot.svg`.
pub fn write(results: &Results, folder: &Path) -> Result<(), String> {
    let table = format!("{}\n{}", place::describe(&results.method), markdown::tables(results));
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(folder.join("table.md"), table))
        .and_then(|()| std::fs::write(folder.join("plot.svg"), plot(results)))
        .map_err(|error| format!("{}: {error}", folder.display()))?;
    println!("\nwritten: {0}/table.md, {0}/plot.svg", folder.display());
    Ok(())
}

fn plot(results: &Results) -> String {
    let servers = results.faulted();
    let group = |played: &ScenarioResult| {
        let share = |&server| played.of(server).and_then(|outcomes| outcomes.share());
        let values: Vec<_> = servers.iter().map(share).collect();
        let measured = values.iter().any(Option::is_some);
        measured.then(|| Group { title: played.scenario.name.replace('-', " "), values })
    };
    let groups: Vec<Group> = results.faults.iter().filter_map(group).collect();
    plot::grouped_bars(
        "Share of their requests that others still get answered, while handlers of the same server go wrong",
        &servers,
        &groups,
    )
}

/// Writes both between the markers of the book's page.
pub fn show_in_book(folder: &Path) -> Result<(), String> {
    let read = |path: &Path| {
        std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
    };
    let page = Path::new(PAGE);
    let section = format!(
        "![Throughput that others keep, for each fault and server](../benches/results/plot.svg)\n\n{}",
        read(&folder.join("table.md"))?
    );
    let text = between_markers(&read(page)?, &section)
        .ok_or_else(|| format!("docs/benchmarks.md has no {BEGIN}{END}"))?;
    std::fs::write(page, text).map_err(|error| format!("{PAGE}: {error}"))
}

fn between_markers(text: &str, section: &str) -> Option<String> {
    let (before, rest) = text.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}{section}{END}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_section_between_the_markers_is_replaced() {
        let text = format!("a\n{BEGIN}old\n{END}\nb\n");
        let expected = format!("a\n{BEGIN}new\n{END}\nb\n");
        assert_eq!(between_markers(&text, "new\n"), Some(expected));
        assert_eq!(between_markers("a\nb\n", "new\n"), None);
    }

    #[test]
    fn the_page_of_the_book_has_the_markers() {
        let page = std::fs::read_to_string(PAGE).expect("the page");
        assert!(between_markers(&page, "").is_some());
    }
}
