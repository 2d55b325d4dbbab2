//! What was measured, kept as one table and one plot.

mod markdown;
mod place;
mod plot;

use std::path::Path;

use crate::all;
use crate::faults::Played;
use crate::memory::Weighing;
use crate::throughput::Measured;

pub use self::place::machine;
use self::plot::Group;

const README: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/benchmarks.md");
const BEGIN: &str = "<!-- bench:begin -->\n";
const END: &str = "<!-- bench:end -->";

pub struct Results<'options> {
    pub throughput: Vec<Measured>,
    pub memory: Weighing,
    pub faults: Vec<Played>,
    pub options: &'options all::Options,
}

impl Results<'_> {
    fn unfaulted(&self) -> Vec<&'static str> {
        in_order(self.options.servers())
    }

    fn faulted(&self) -> Vec<&'static str> {
        in_order(self.options.servers_with_faults())
    }

    /// What could not be measured, or not well.
    fn failures(&self) -> impl Iterator<Item = &String> {
        let throughput = self.throughput.iter().flat_map(|measured| &measured.notes);
        let faults = self.faults.iter().flat_map(|played| &played.failures);
        throughput.chain(&self.memory.notes).chain(faults)
    }
}

/// As columns, rows and bars stand: who is compared comes before those whom it is compared with.
fn in_order(servers: &[&'static str]) -> Vec<&'static str> {
    let mut servers = servers.to_vec();
    servers.sort_by_key(|server| !server.starts_with("oserver"));
    servers
}

/// Writes `table.md` and `plot.svg`.
pub fn write(results: &Results, folder: &Path) -> Result<(), String> {
    let table = format!("{}\n{}", place::describe(results.options), markdown::tables(results));
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(folder.join("table.md"), table))
        .and_then(|()| std::fs::write(folder.join("plot.svg"), plot(results)))
        .map_err(|error| format!("{}: {error}", folder.display()))?;
    println!("\nwritten: {0}/table.md, {0}/plot.svg", folder.display());
    Ok(())
}

fn plot(results: &Results) -> String {
    let servers = results.faulted();
    let group = |played: &Played| {
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

/// Puts both between the markers of the book's page.
pub fn show_in_readme(folder: &Path) -> Result<(), String> {
    let read = |path: &Path| {
        std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
    };
    let readme = Path::new(README);
    let section = format!(
        "![Throughput that others keep, for each fault and server](../benches/results/plot.svg)\n\n{}",
        read(&folder.join("table.md"))?
    );
    let text = between_markers(&read(readme)?, &section)
        .ok_or_else(|| format!("docs/benchmarks.md has no {BEGIN}{END}"))?;
    std::fs::write(readme, text).map_err(|error| format!("{README}: {error}"))
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
    fn what_is_between_the_markers_is_replaced() {
        let text = format!("a\n{BEGIN}old\n{END}\nb\n");
        let expected = format!("a\n{BEGIN}new\n{END}\nb\n");
        assert_eq!(between_markers(&text, "new\n"), Some(expected));
        assert_eq!(between_markers("a\nb\n", "new\n"), None);
    }

    #[test]
    fn the_readme_has_a_place_for_it() {
        let readme = std::fs::read_to_string(README).expect("the README");
        assert!(between_markers(&readme, "").is_some());
    }
}
