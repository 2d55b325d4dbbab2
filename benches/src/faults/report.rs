//! From what the rounds gave to one table a scenario.

use crate::table::{aligned, cell};

use super::scenario::{Scenario, Value};

/// The servers' `rounds`, each with one value a column.
pub fn table(scenario: &Scenario, servers: &[&str], rounds: &[Vec<Vec<Value>>]) -> String {
    let Scenario { name, does, wanted, columns, .. } = scenario;
    let titles = columns.iter().map(|(title, _)| *title);
    let mut rows =
        vec![std::iter::once("server").chain(titles).map(String::from).collect::<Vec<_>>()];
    for (server, rounds) in servers.iter().zip(rounds) {
        let mut row = vec![server.to_string()];
        for (column, (_, decimals)) in columns.iter().enumerate() {
            let values: Vec<&Value> = rounds.iter().filter_map(|round| round.get(column)).collect();
            row.push(together(&values, *decimals));
        }
        rows.push(row);
    }
    format!("{name}: {does}\nwanted of oserver: {wanted}\n{}", aligned(&rows))
}

/// The median of figures, and every different text in the order of the rounds.
fn together(values: &[&Value], decimals: usize) -> String {
    let mut texts: Vec<&str> = Vec::new();
    let mut figures = Vec::new();
    for value in values {
        match value {
            Value::Text(text) if texts.contains(&&**text) => {}
            Value::Text(text) => texts.push(text),
            Value::Figure(figure) => figures.push(*figure),
        }
    }
    if texts.is_empty() { cell(median(figures), decimals) } else { texts.join(", ") }
}

/// What there is no figure for counts as worse than all figures: left out, a server that is dead in
/// most rounds would be judged by the others.
fn median(figures: Vec<Option<f64>>) -> Option<f64> {
    let worst = |figure: Option<f64>| figure.filter(|figure| figure.is_finite());
    let mut figures: Vec<f64> =
        figures.into_iter().map(|figure| worst(figure).unwrap_or(f64::INFINITY)).collect();
    figures.sort_by(f64::total_cmp);
    let middle = figures.len() / 2;
    let median = match figures.len() {
        0 => return None,
        length if length % 2 == 1 => figures[middle],
        _ => (figures[middle - 1] + figures[middle]) / 2.0,
    };
    worst(Some(median))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faults::scenario::Outcome;

    #[test]
    fn the_median_counts_what_is_missing_as_worst() {
        assert_eq!(median(vec![]), None);
        assert_eq!(median(vec![Some(3.0), None, Some(1.0)]), Some(3.0));
        assert_eq!(median(vec![None, None, Some(1.0)]), None);
        assert_eq!(median(vec![Some(2.0), Some(f64::NAN)]), None);
        assert_eq!(median(vec![Some(2.0), Some(4.0)]), Some(3.0));
    }

    #[test]
    fn a_table_says_what_was_done_and_what_is_wanted() {
        let scenario = Scenario {
            name: "one",
            does: "a fault",
            wanted: "an answer",
            columns: &[("status", 0), ("ratio", 3)],
            run: |_, _| Ok(Outcome { values: Vec::new(), notes: Vec::new() }),
        };
        let round = |status: &str, ratio| vec![Value::Text(status.into()), Value::Figure(ratio)];
        let rounds = [
            vec![round("504", Some(0.5)), round("504", Some(1.0)), round("504", Some(0.25))],
            vec![round("none", None), round("504", None), round("none", Some(1.0))],
        ];
        let expected = "\
one: a fault
wanted of oserver: an answer
server      status  ratio
oserver        504  0.500
hyper    none, 504      -
";
        assert_eq!(table(&scenario, &["oserver", "hyper"], &rounds), expected);
    }
}
