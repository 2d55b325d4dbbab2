//! How often an actor may be restarted, and how soon.

use std::collections::VecDeque;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::{Duration, Instant};

/// Restarts and their window, as supervisors of Erlang have them, and the delays before restarts.
#[derive(Clone, Copy, Debug)]
pub(super) struct RestartIntensity {
    /// Restarts in any window of this length that are no sign of a deeper fault.
    pub(super) restarts: usize,
    pub(super) window: Duration,
    /// Before the second restart in a window; each further one waits twice as long.
    pub(super) first_delay: Duration,
    pub(super) longest_delay: Duration,
}

impl Default for RestartIntensity {
    fn default() -> Self {
        Self {
            restarts: 10,
            window: Duration::from_secs(60),
            first_delay: Duration::from_millis(10),
            // With this, an actor that fails at once stays over the budget.
            longest_delay: Duration::from_secs(5),
        }
    }
}

/// More doublings than this make no delay longer: a second is then longer than a century.
const DOUBLINGS: usize = 32;

/// The restarts of one actor.
#[derive(Debug)]
pub(super) struct Restarts {
    intensity: RestartIntensity,
    /// The restarts in the window, as many as make a difference.
    times: VecDeque<Instant>,
}

/// The delay of a restart, and whether there were more restarts than allowed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct RestartDelay {
    pub(super) delay: Duration,
    /// The time until which the window has more restarts than allowed, if it has.
    pub(super) over_budget_until: Option<Instant>,
}

impl Restarts {
    pub(super) fn new(intensity: RestartIntensity) -> Self {
        Self { intensity, times: VecDeque::new() }
    }

    /// Adds a restart at `now`. `chance` is between 0 and 1: it shortens the delay by up to a half,
    /// so that actors that failed together do not come back together.
    pub(super) fn add(&mut self, now: Instant, chance: f64) -> RestartDelay {
        let RestartIntensity { restarts, window, first_delay, longest_delay } = self.intensity;
        while self.times.front().is_some_and(|time| now.duration_since(*time) >= window) {
            self.times.pop_front();
        }
        let delay = match self.times.len() {
            // The first one is no habit.
            0 => Duration::ZERO,
            number => {
                let doubled = 2_u32.saturating_pow((number - 1).min(DOUBLINGS) as u32);
                let delay = first_delay.saturating_mul(doubled).min(longest_delay);
                delay.mul_f64(1.0 - chance / 2.0)
            }
        };
        self.times.push_back(now);
        if self.times.len() > restarts.max(DOUBLINGS).saturating_add(1) {
            self.times.pop_front();
        }
        let over_budget_until = self.times.iter().nth_back(restarts).map(|time| *time + window);
        RestartDelay { delay, over_budget_until }
    }
}

/// Returns a number between 0 and 1. The seed of std's hash maps is random enough to spread delays.
pub(super) fn chance() -> f64 {
    let random = RandomState::new().build_hasher().finish();
    random as f64 / u64::MAX as f64
}

#[cfg(all(test, not(oserver_loom)))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn intensity(restarts: usize) -> RestartIntensity {
        RestartIntensity {
            restarts,
            window: Duration::from_secs(60),
            first_delay: Duration::from_millis(10),
            longest_delay: Duration::from_secs(1),
        }
    }

    #[test]
    fn the_first_is_at_once_and_the_pauses_double_until_the_longest() {
        let mut restarts = Restarts::new(intensity(100));
        let now = Instant::now();
        let delay: Vec<_> = (0..10).map(|_| restarts.add(now, 0.0).delay.as_millis()).collect();
        assert_eq!(delay, [0, 10, 20, 40, 80, 160, 320, 640, 1000, 1000]);
        let later = now + Duration::from_secs(60);
        assert_eq!(restarts.add(later, 0.0).delay, Duration::ZERO, "the window has slid");
        assert_eq!(restarts.add(later, 1.0).delay, Duration::from_millis(5), "a half, by chance");
    }

    #[test]
    fn a_restart_that_has_left_the_window_makes_no_delay_longer() {
        let mut restarts = Restarts::new(intensity(10));
        let now = Instant::now();
        let at = |number: u64| now + Duration::from_secs(13 * number);
        let delays = (0..100).map(|number| restarts.add(at(number), 0.0).delay.as_millis());
        assert_eq!(delays.max(), Some(80), "five restarts are in a window");
    }

    #[test]
    fn over_the_budget_until_enough_of_them_have_left_the_window() {
        let mut restarts = Restarts::new(intensity(2));
        let now = Instant::now();
        let at = |seconds| now + Duration::from_secs(seconds);
        assert_eq!(restarts.add(at(0), 0.0).over_budget_until, None);
        assert_eq!(restarts.add(at(10), 0.0).over_budget_until, None);
        assert_eq!(restarts.add(at(20), 0.0).over_budget_until, Some(at(60)));
        assert_eq!(restarts.add(at(30), 0.0).over_budget_until, Some(at(70)));
        // 10 to 30 are left.
        assert_eq!(restarts.add(at(65), 0.0).over_budget_until, Some(at(80)));
    }

    proptest! {
        /// As if each moment of the time line were looked at.
        #[test]
        fn the_window_slides_truly(
            gaps in proptest::collection::vec(0_u64..40, 1..60),
            budget in 0_usize..6,
        ) {
            let mut restarts = Restarts::new(intensity(budget));
            let now = Instant::now();
            let mut times = Vec::new();
            let mut second = 0;
            for gap in gaps {
                second += gap;
                times.push(second);
                let until = restarts.add(now + Duration::from_secs(second), 0.5).over_budget_until;
                let in_window = |at: u64| {
                    times.iter().filter(|time| at - **time < 60).count()
                };
                let expected = (second..=second + 60).find(|at| in_window(*at) <= budget);
                let expected = expected.filter(|at| *at > second);
                prop_assert_eq!(until, expected.map(|at| now + Duration::from_secs(at)));
            }
        }
    }
}
