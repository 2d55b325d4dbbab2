//! Prints the samples of all servers as a table.

use crate::table::{aligned, cell, notes};

use super::{Measured, Sample};

pub fn table(measured: &Measured) -> String {
    let mut rows = vec![
        [
            "server",
            "requests/s",
            "/ hyper",
            "/ axum-layers",
            "/ uncounted",
            "p50 ms",
            "p99 ms",
            "CPU us/request",
            "hyper's CPU /",
            "axum's CPU /",
            "axum-layers' CPU /",
        ]
        .map(String::from)
        .to_vec(),
    ];
    for server in &measured.servers {
        let median = |pick: fn(&Sample) -> Option<f64>| measured.median(server, pick);
        rows.push(vec![
            server.to_string(),
            cell(median(|sample| Some(sample.requests_per_second)), 0),
            cell(measured.ratio(server, "hyper"), 3),
            cell(measured.ratio(server, "axum-layers"), 3),
            cell(measured.ratio(server, "oserver-uncounted"), 3),
            cell(median(|sample| sample.p50_ms), 2),
            cell(median(|sample| sample.p99_ms), 2),
            cell(median(|sample| sample.cpu_us), 2),
            cell(measured.cpu_ratio(server, "hyper"), 3),
            cell(measured.cpu_ratio(server, "axum"), 3),
            cell(measured.cpu_ratio(server, "axum-layers"), 3),
        ]);
    }
    aligned(&rows) + &notes(&measured.notes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_measured_has_dashes_and_a_note() {
        let sample = |requests_per_second, cpu_us| {
            vec![Some(Sample { requests_per_second, p50_ms: Some(0.5), p99_ms: Some(1.5), cpu_us })]
        };
        let measured = Measured {
            connections: 8,
            servers: vec!["hyper", "oserver", "axum"],
            samples: vec![sample(80_000.0, Some(7.25)), sample(120_000.0, None), vec![None]],
            notes: vec!["axum, round 1: it died".into()],
        };
        let expected = "\
server   requests/s  / hyper  / axum-layers  / uncounted  p50 ms  p99 ms  CPU us/request
hyper         80000    1.000              -            -    0.50    1.50            7.25
oserver      120000    1.500              -            -    0.50    1.50               -
axum              -        -              -            -       -       -               -
note: axum, round 1: it died
";
        assert_eq!(table(&measured), expected);
    }
}
