//! From samples to what is printed.

/// One server under load in one round.
#[derive(Clone)]
pub struct Sample {
    pub requests_per_second: f64,
    pub p99_ms: Option<f64>,
    pub cpu_us: Option<f64>,
}

/// The servers' `samples`, each with one entry a round.
pub fn throughput(servers: &[&str], samples: &[Vec<Sample>]) -> String {
    let mut rows = vec![
        [
            "server",
            "requests/s",
            "/ hyper",
            "/ axum-layers",
            "/ uncounted",
            "p99 ms",
            "CPU us/request",
        ]
        .map(String::from)
        .to_vec(),
    ];
    let of = |kind| servers.iter().position(|server| *server == kind).map(|at| &*samples[at]);
    for (server, own) in servers.iter().zip(samples) {
        rows.push(vec![
            server.to_string(),
            cell(median(own.iter().map(|sample| sample.requests_per_second)), 0),
            cell(of("hyper").and_then(|base| median_ratio(own, base)), 3),
            cell(of("axum-layers").and_then(|base| median_ratio(own, base)), 3),
            cell(of("oserver-uncounted").and_then(|base| median_ratio(own, base)), 3),
            cell(median(own.iter().filter_map(|sample| sample.p99_ms)), 2),
            cell(median(own.iter().filter_map(|sample| sample.cpu_us)), 2),
        ]);
    }
    aligned(&rows)
}

/// Of ratios within a round rather than the ratio of medians: what slows the machine down for a
/// while slows both sides of a round.
fn median_ratio(own: &[Sample], base: &[Sample]) -> Option<f64> {
    let rounds = own.iter().zip(base);
    median(rounds.map(|(own, base)| own.requests_per_second / base.requests_per_second))
}

fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<f64> = values.filter(|value| value.is_finite()).collect();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => None,
        length if length % 2 == 1 => Some(values[middle]),
        _ => Some((values[middle - 1] + values[middle]) / 2.0),
    }
}

/// A figure, or `-` for one that there is not.
pub fn cell(value: Option<f64>, decimals: usize) -> String {
    match value {
        Some(value) if value.is_finite() => format!("{value:.decimals$}"),
        _ => "-".into(),
    }
}

/// The first column is names, on the left; the others are figures, on the right.
pub fn aligned(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(String::len).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for row in rows {
        for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
            if column == 0 {
                text += &format!("{cell:<width$}");
            } else {
                text += &format!("  {cell:>width$}");
            }
        }
        text += "\n";
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(figures: &[f64]) -> Vec<Sample> {
        let sample =
            |&figure| Sample { requests_per_second: figure, p99_ms: Some(1.5), cpu_us: Some(7.25) };
        figures.iter().map(sample).collect()
    }

    #[test]
    fn the_median_is_the_middle() {
        assert_eq!(median([].into_iter()), None);
        assert_eq!(median([3.0].into_iter()), Some(3.0));
        assert_eq!(median([9.0, 1.0, 2.0].into_iter()), Some(2.0));
        assert_eq!(median([9.0, 1.0, 2.0, 4.0].into_iter()), Some(3.0));
        assert_eq!(median([f64::NAN, f64::INFINITY, 5.0].into_iter()), Some(5.0));
    }

    #[test]
    fn ratios_are_taken_within_a_round() {
        let own = samples(&[50.0, 30.0, 900.0]);
        let base = samples(&[100.0, 10.0, 1000.0]);
        assert_eq!(median_ratio(&own, &base), Some(0.9));
    }

    #[test]
    fn a_table_is_aligned_and_has_dashes_for_what_was_not_measured() {
        let mut fast = samples(&[120_000.0]);
        fast[0].cpu_us = None;
        let table = throughput(&["hyper", "oserver"], &[samples(&[80_000.0]), fast]);
        let expected = "\
server   requests/s  / hyper  / axum-layers  / uncounted  p99 ms  CPU us/request
hyper         80000    1.000              -            -    1.50            7.25
oserver      120000    1.500              -            -    1.50               -
";
        assert_eq!(table, expected);
    }
}
