//! Prints the results of the rounds as one table for each scenario.

use crate::table::{aligned, cell, notes};

use super::ScenarioResult;

pub fn table(played: &ScenarioResult) -> String {
    let titles = [
        "server",
        "got",
        "longest / timeout",
        "requests/s",
        "faulted",
        "ratio",
        "p99 ratio",
        "longest /ok ms",
        "besides",
    ];
    let mut rows = vec![titles.map(String::from).to_vec()];
    for (server, outcomes) in &played.servers {
        rows.push(vec![
            server.to_string(),
            outcomes.got(),
            cell(outcomes.longest_of_timeout(), 3),
            cell(outcomes.rate_before(), 0),
            cell(outcomes.rate_after(), 0),
            cell(outcomes.share(), 3),
            cell(outcomes.p99_ratio(), 2),
            cell(outcomes.longest_ok_ms(), 2),
            outcomes.besides(),
        ]);
    }
    let scenario = played.scenario;
    format!(
        "{}: {}\nwanted of oserver: {}\n{}{}{}",
        scenario.name,
        scenario.does,
        scenario.wanted,
        aligned(&rows),
        notes(&played.notes),
        notes(&played.failures),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faults::outcome::Outcomes;
    use crate::faults::scenario::SCENARIOS;

    #[test]
    fn a_table_says_what_was_done_and_what_is_wanted() {
        let scenario = &SCENARIOS[0];
        let played = ScenarioResult {
            scenario,
            servers: vec![("oserver", Outcomes::default())],
            notes: Vec::new(),
            failures: vec!["oserver, round 1: it died".into()],
        };
        let table = table(&played);
        let lines: Vec<&str> = table.lines().collect();
        assert_eq!(lines[0], format!("{}: {}", scenario.name, scenario.does));
        assert_eq!(lines[1], format!("wanted of oserver: {}", scenario.wanted));
        assert!(lines[2].starts_with("server   got  longest / timeout  requests/s"));
        assert!(lines[3].starts_with("oserver    -                  -"));
        assert_eq!(lines[4], "note: oserver, round 1: it died");
    }
}
