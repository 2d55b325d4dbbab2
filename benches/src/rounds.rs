//! Runs the compared servers in turns, so that a disturbance of the machine meets all of them in a round.

/// Gives each of so many its `turn` in each round.
pub fn take_turns(rounds: u32, count: usize, mut turn: impl FnMut(u32, usize)) {
    for round in 0..rounds {
        let mut order: Vec<usize> = (0..count).collect();
        // Drift during a round must not always hurt the same one.
        if round % 2 == 1 {
            order.reverse();
        }
        for index in order {
            turn(round, index);
        }
    }
}

pub fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    middle(values.filter(|value| value.is_finite()).collect())
}

/// A missing figure counts as worse than all figures: if it were left out, a server that is dead in
/// most rounds would be judged by the others.
pub fn median_or_worst(values: impl Iterator<Item = Option<f64>>) -> Option<f64> {
    let worst = |figure: Option<f64>| figure.filter(|figure| figure.is_finite());
    worst(middle(values.map(|figure| worst(figure).unwrap_or(f64::INFINITY)).collect()))
}

fn middle(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => None,
        length if length % 2 == 1 => Some(values[middle]),
        _ => Some((values[middle - 1] + values[middle]) / 2.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_other_round_begins_at_the_other_end() {
        let mut turns = Vec::new();
        take_turns(2, 3, |round, index| turns.push((round, index)));
        assert_eq!(turns, [(0, 0), (0, 1), (0, 2), (1, 2), (1, 1), (1, 0)]);
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
    fn what_is_missing_counts_as_worst() {
        assert_eq!(median_or_worst([].into_iter()), None);
        assert_eq!(median_or_worst([Some(3.0), None, Some(1.0)].into_iter()), Some(3.0));
        assert_eq!(median_or_worst([None, None, Some(1.0)].into_iter()), None);
        assert_eq!(median_or_worst([Some(2.0), Some(f64::NAN)].into_iter()), None);
        assert_eq!(median_or_worst([Some(2.0), Some(4.0)].into_iter()), Some(3.0));
    }
}
