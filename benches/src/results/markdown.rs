//! The tables of the page docs/benchmarks.md.

use crate::faults::{INNOCENT_CONNECTIONS, Outcomes, PATIENCE, ScenarioResult, TIMEOUT};
use crate::throughput::Measured;

use super::Results;

pub fn tables(results: &Results) -> String {
    let failures: String =
        results.failures().map(|failure| format!("\nNot measured well: {failure}.\n")).collect();
    format!(
        "While nothing goes wrong: throughput as a share of hyper's, then CPU time of the server in µs a request, then p50 and p99 in ms.\n\n{}\n\
         While something goes wrong: what its clients got (`nothing`: not within {} s; handlers have {} s where the server \
         limits that, which hyper, axum alone and Rocket do not; `closed`: a connection that was closed instead), and after \
         the dot the share of their throughput that {} others keep who ask for `/ok`.\n\n{}{failures}",
        unfaulted(results, &results.unfaulted()),
        PATIENCE.as_secs(),
        TIMEOUT.as_secs(),
        INNOCENT_CONNECTIONS,
        faulted(&results.faults, &results.faulted())
    )
}

fn unfaulted(results: &Results, servers: &[&str]) -> String {
    let mut titles = vec![String::new()];
    for Measured { connections, .. } in &results.throughput {
        titles.push(format!("{connections} connections"));
    }
    titles.push(format!("KiB an idle connection, of {}", results.memory.connections));
    let rows = servers.iter().map(|server| {
        let mut row = vec![server.to_string()];
        for measured in &results.throughput {
            let ratio = figure(measured.ratio(server, "hyper"));
            let p50 = figure(measured.median(server, |sample| sample.p50_ms));
            let p99 = figure(measured.median(server, |sample| sample.p99_ms));
            // Other load on the machine changes rates more than CPU time.
            let cpu = figure(measured.median(server, |sample| sample.cpu_us));
            row.push(format!("**{ratio}** · {cpu} · {p50} · {p99}"));
        }
        row.push(figure(results.memory.kib_per_connection(server)));
        row
    });
    table(&titles, rows)
}

fn faulted(faults: &[ScenarioResult], servers: &[&str]) -> String {
    let titles: Vec<_> = [""].iter().chain(servers).map(|title| title.to_string()).collect();
    let rows = faults.iter().map(|played| {
        let cells = servers.iter().map(|server| played.of(server).map_or("-".into(), cell));
        std::iter::once(played.scenario.does.into()).chain(cells).collect()
    });
    table(&titles, rows)
}

fn cell(outcomes: &Outcomes) -> String {
    let mut text = outcomes.got();
    let besides = outcomes.besides();
    if !besides.is_empty() {
        text += &format!(", {besides}");
    }
    if let Some(share) = outcomes.share() {
        text += &format!(" · **{share:.2}**");
    }
    match outcomes.longest_ok_ms() {
        Some(longest) if longest < PATIENCE.as_secs_f64() * 1e3 => {
            text += &format!(" · `/ok` took {longest:.1} ms at most");
        }
        Some(_) => text += " · `/ok` was not answered",
        None => {}
    }
    text
}

fn figure(value: Option<f64>) -> String {
    crate::table::cell(value, 2)
}

fn table(titles: &[String], rows: impl Iterator<Item = Vec<String>>) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let rule = format!("|{}\n", "---|".repeat(titles.len()));
    line(titles) + &rule + &rows.map(|row| line(&row)).collect::<String>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_has_a_line_for_each_row() {
        let titles = ["a", "b"].map(String::from);
        let rows = [["1", "2"], ["3", "4"]].map(|row| row.map(String::from).to_vec());
        let expected = "| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |\n";
        assert_eq!(table(&titles, rows.into_iter()), expected);
    }

    #[test]
    fn who_was_not_measured_has_a_dash() {
        assert_eq!(cell(&Outcomes::default()), "-");
    }
}
