//! The results of one scenario for one server, over all rounds.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::load::Load;
use crate::rounds::median_or_worst;

use super::TIMEOUT;
use super::client::{Answer, Got};

/// The outcome of one round.
pub struct Outcome {
    /// The answers that clients of faulty routes got.
    pub answers: Vec<Answer>,
    /// The load of the clients of healthy routes, without and with faults, where it was measured.
    pub innocents: Option<Innocents>,
    /// How long one of those waited at most, where there was only one.
    pub longest_ok: Option<Duration>,
    /// Further observations, as a text for the report.
    pub besides: Option<String>,
}

pub struct Innocents {
    pub before: Load,
    pub after: Load,
}

impl Innocents {
    fn share(&self) -> f64 {
        self.after.requests_per_second / self.before.requests_per_second
    }

    fn p99_ratio(&self) -> Option<f64> {
        Some(self.after.p99_ms? / self.before.p99_ms?)
    }
}

/// The outcomes of all rounds that could be run.
#[derive(Default)]
pub struct Outcomes(pub Vec<Outcome>);

impl Outcomes {
    pub fn got(&self) -> String {
        got(self.0.iter().flat_map(|outcome| &outcome.answers))
    }

    /// How long an answer took at most.
    pub fn longest_of_timeout(&self) -> Option<f64> {
        self.median(|outcome| {
            let answered = outcome.answers.iter().filter(|answer| answer.got != Got::Nothing);
            let longest = answered.map(|answer| answer.took).max()?;
            Some(longest.as_secs_f64() / TIMEOUT.as_secs_f64())
        })
    }

    pub fn longest_ok_ms(&self) -> Option<f64> {
        self.median(|outcome| Some(outcome.longest_ok?.as_secs_f64() * 1e3))
    }

    pub fn rate_before(&self) -> Option<f64> {
        self.median(|outcome| Some(outcome.innocents.as_ref()?.before.requests_per_second))
    }

    pub fn rate_after(&self) -> Option<f64> {
        self.median(|outcome| Some(outcome.innocents.as_ref()?.after.requests_per_second))
    }

    pub fn share(&self) -> Option<f64> {
        self.median(|outcome| Some(outcome.innocents.as_ref()?.share()))
    }

    pub fn p99_ratio(&self) -> Option<f64> {
        self.median(|outcome| outcome.innocents.as_ref()?.p99_ratio())
    }

    /// Every different text in the order of the rounds.
    pub fn besides(&self) -> String {
        let mut texts: Vec<&str> = Vec::new();
        for text in self.0.iter().filter_map(|outcome| outcome.besides.as_deref()) {
            if !texts.contains(&text) {
                texts.push(text);
            }
        }
        texts.join(" / ")
    }

    fn median(&self, pick: impl FnMut(&Outcome) -> Option<f64>) -> Option<f64> {
        median_or_worst(self.0.iter().map(pick))
    }
}

/// The one thing that all of them got, or the share of each, the most frequent first.
pub fn got<'answers>(answers: impl Iterator<Item = &'answers Answer>) -> String {
    let mut counts = BTreeMap::new();
    for answer in answers {
        *counts.entry(answer.got).or_insert(0_u32) += 1;
    }
    let all: u32 = counts.values().sum();
    let mut counts: Vec<(Got, u32)> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    match &*counts {
        [] => "-".into(),
        [(only, _)] => only.to_string(),
        _ => {
            let percent = |count| (f64::from(count) * 100.0 / f64::from(all)).round().max(1.0);
            let texts = counts.iter().map(|&(got, count)| format!("{got} ({} %)", percent(count)));
            texts.collect::<Vec<_>>().join(", ")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(rates: [f64; 2], p99: [Option<f64>; 2], answers: &[Got]) -> Outcome {
        let load =
            |requests_per_second, p99_ms| Load { requests_per_second, p99_ms, ..Load::none() };
        Outcome {
            answers: answers.iter().map(|&got| Answer { got, took: TIMEOUT }).collect(),
            innocents: Some(Innocents {
                before: load(rates[0], p99[0]),
                after: load(rates[1], p99[1]),
            }),
            longest_ok: None,
            besides: None,
        }
    }

    #[test]
    fn a_server_that_is_dead_afterwards_has_a_share_of_zero_and_no_p99() {
        let dead = outcome([200.0, 0.0], [Some(2.0), None], &[Got::Nothing]);
        let dead = Outcomes(vec![dead]);
        assert_eq!((dead.share(), dead.p99_ratio()), (Some(0.0), None));
        assert_eq!((&*dead.got(), dead.longest_of_timeout()), ("nothing", None));
        let slow = outcome([200.0, 100.0], [Some(2.0), Some(3.0)], &[Got::Status(504)]);
        let slow = Outcomes(vec![slow]);
        assert_eq!((slow.share(), slow.p99_ratio()), (Some(0.5), Some(1.5)));
        assert_eq!((&*slow.got(), slow.longest_of_timeout()), ("504", Some(1.0)));
    }

    #[test]
    fn what_was_got_is_taken_together_over_all_rounds() {
        let round = |answers: &[Got]| outcome([1.0, 1.0], [None, None], answers);
        let mixed = Outcomes(vec![
            round(&[Got::Closed, Got::Status(504)]),
            round(&[Got::Status(504), Got::Status(504)]),
        ]);
        assert_eq!(mixed.got(), "504 (75 %), closed (25 %)");
        assert_eq!(Outcomes::default().got(), "-");
    }

    #[test]
    fn texts_are_not_said_twice() {
        let mut rounds: Vec<Outcome> =
            (0..3).map(|_| outcome([1.0, 1.0], [None, None], &[])).collect();
        rounds[0].besides = Some("one".into());
        rounds[2].besides = Some("one".into());
        assert_eq!(Outcomes(rounds).besides(), "one");
    }
}
