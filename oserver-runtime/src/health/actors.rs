//! The actors of one runtime: for each the entry with all its counters.
//!
//! The actor writes its entry without a lock. Liveness and the admin page read it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

use crate::admission::circuit_breaker::CircuitBreaker;
use crate::clock;
use crate::metrics::actor_metrics::{ActorMetrics, ActorTotals};
use crate::sync::Mutex;

/// How many names have their own series in metrics; further names share one.
const LABELS: usize = 256;
/// The label of the further names.
const OTHERS: &str = "(others)";

/// One actor, from its first start to its end. Counters only grow; `queued` is of this moment.
#[derive(Debug, Default)]
pub(crate) struct ActorEntry {
    pub(crate) name: String,
    /// How often it was restarted.
    pub(crate) restarts: AtomicU64,
    /// Panics: in a command, the factory, or a drop.
    pub(crate) panics: AtomicU64,
    /// Commands, starts and drops that took longer than they may.
    pub(crate) overruns: AtomicU64,
    /// Factories that returned an error.
    pub(crate) failed_starts: AtomicU64,
    /// Commands that were answered with a value.
    pub(crate) answered: AtomicU64,
    /// Commands whose incarnation ended before it answered.
    pub(crate) restarted: AtomicU64,
    /// Commands whose callers no longer waited when their turn came.
    pub(crate) expired: AtomicU64,
    /// Commands that a full mailbox refused.
    pub(crate) refused: AtomicU64,
    /// Commands that wait in the mailbox.
    pub(crate) queued: AtomicUsize,
    /// `true` while the actor's state exists: it was started, and has not ended since.
    pub(crate) running: AtomicBool,
    /// The time until which the window has more restarts than the budget allows; of [`clock`].
    over_budget_until: AtomicU64,
    /// Where its polls may run, and how many abandoned threads it has.
    pub(crate) breaker: CircuitBreaker,
}

impl ActorEntry {
    pub(crate) fn new(name: String) -> Self {
        Self { name, ..Self::default() }
    }

    /// Threads that are blocked in its commands and were abandoned.
    pub(crate) fn abandoned(&self) -> u32 {
        self.breaker.stuck()
    }

    /// Returns `true` if the actor exceeds its restart limit: liveness fails.
    pub(crate) fn is_over_budget(&self) -> bool {
        let until = self.over_budget_until.load(Ordering::Relaxed);
        until > 0 && clock::now() < until
    }

    pub(crate) fn set_over_budget_until(&self, time: u64) {
        self.over_budget_until.fetch_max(time, Ordering::Relaxed);
    }
}

/// All actors of one runtime.
#[derive(Debug, Default)]
pub(crate) struct ActorTable {
    /// Locked when an actor is made, and by readers of the table.
    actors: Mutex<Actors>,
}

#[derive(Debug, Default)]
struct Actors {
    /// With the label of each. An entry that has ended has no other reference.
    entries: Vec<(Arc<ActorEntry>, String)>,
    /// The totals of actors that have ended, by label, so that no counter goes back.
    ended: BTreeMap<String, ActorTotals>,
}

impl Actors {
    /// Returns the actors that have not ended.
    fn entries(&mut self) -> &[(Arc<ActorEntry>, String)] {
        let Self { entries, ended } = self;
        entries.retain(|(entry, label)| {
            let has_ended = Arc::strong_count(entry) == 1;
            if has_ended {
                entry.add_totals_to(ended.entry(label.clone()).or_default());
            }
            !has_ended
        });
        entries
    }
}

impl ActorTable {
    pub(crate) fn add(&self, entry: &Arc<ActorEntry>) {
        let mut actors = self.actors.lock();
        let name = &entry.name;
        let is_known = actors.ended.contains_key(name);
        let label = if is_known || actors.ended.len() < LABELS { name } else { OTHERS };
        actors.ended.entry(label.to_owned()).or_default();
        // Removes the actors that have ended, without waiting for a reader.
        actors.entries();
        actors.entries.push((Arc::clone(entry), label.to_owned()));
    }

    /// Returns the actors that have not ended, in the order in which they were made.
    pub(crate) fn entries(&self) -> Vec<Arc<ActorEntry>> {
        self.actors.lock().entries().iter().map(|(entry, _)| Arc::clone(entry)).collect()
    }

    /// Returns an actor that exceeds its restart limit: liveness fails.
    pub(crate) fn over_budget(&self) -> Option<Arc<ActorEntry>> {
        self.entries().into_iter().find(|entry| entry.is_over_budget())
    }

    /// Returns the metrics of all actors since the start, by label.
    pub(crate) fn metrics(&self) -> Vec<ActorMetrics> {
        let mut actors = self.actors.lock();
        actors.entries();
        let Actors { entries, ended } = &*actors;
        let count = |(label, totals): (&String, &ActorTotals)| {
            let (own, totals) = (label.clone(), totals.clone());
            let mut metrics = ActorMetrics { label: own, totals, ..ActorMetrics::default() };
            let own = entries.iter().filter(|(_, other)| other == label);
            own.for_each(|(entry, _)| entry.add_to(&mut metrics));
            metrics
        };
        ended.iter().map(count).collect()
    }
}

impl ActorEntry {
    fn add_totals_to(&self, totals: &mut ActorTotals) {
        let load = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let faults = [&self.panics, &self.overruns, &self.failed_starts].map(load);
        let calls = [&self.answered, &self.restarted, &self.expired, &self.refused].map(load);
        totals.restarts += load(&self.restarts);
        totals.faults.iter_mut().zip(faults).for_each(|(sum, count)| *sum += count);
        totals.calls.iter_mut().zip(calls).for_each(|(sum, count)| *sum += count);
    }

    fn add_to(&self, metrics: &mut ActorMetrics) {
        self.add_totals_to(&mut metrics.totals);
        metrics.queued += self.queued.load(Ordering::Relaxed) as u64;
        metrics.abandoned += u64::from(self.abandoned());
        let is_first = metrics.actors == 0;
        metrics.running = (is_first || metrics.running) && self.running.load(Ordering::Relaxed);
        metrics.over_budget |= self.is_over_budget();
        metrics.actors += 1;
    }
}

#[cfg(all(test, not(oserver_loom)))]
mod tests {
    use super::*;

    #[test]
    fn an_actor_is_listed_until_it_has_ended() {
        let table = ActorTable::default();
        let (first, second) =
            (Arc::new(ActorEntry::new("first".into())), Arc::new(ActorEntry::new("second".into())));
        table.add(&first);
        table.add(&second);
        drop(first);
        let names: Vec<_> = table.entries().iter().map(|entry| entry.name.clone()).collect();
        assert_eq!(names, ["second"]);
    }

    #[test]
    fn what_ended_actors_did_still_counts_and_their_labels_are_bounded() {
        let table = ActorTable::default();
        for number in 0..2 * LABELS {
            let entry = Arc::new(ActorEntry::new(format!("of client {number}")));
            table.add(&entry);
            entry.restarts.store(1, Ordering::Relaxed);
            entry.queued.store(1, Ordering::Relaxed);
            entry.running.store(true, Ordering::Relaxed);
        }
        let again = Arc::new(ActorEntry::new("of client 7".into()));
        table.add(&again);
        again.restarts.store(2, Ordering::Relaxed);
        let counts = table.metrics();
        assert_eq!(counts.len(), LABELS + 1);
        assert_eq!(counts.iter().map(|actor| actor.totals.restarts).sum::<u64>(), 514);
        assert!(counts.iter().all(|actor| actor.queued == 0 && !actor.running), "they have ended");
        let found = counts.iter().find(|actor| actor.label == "of client 7").expect("it is told");
        assert_eq!(found.totals.restarts, 3);
        let others = counts.iter().find(|actor| actor.label == OTHERS).expect("they are told");
        assert_eq!(others.totals.restarts, LABELS as u64);
    }

    #[test]
    fn it_is_over_budget_until_the_window_has_slid() {
        let table = ActorTable::default();
        let entry = Arc::new(ActorEntry::new("actor".into()));
        table.add(&entry);
        assert!(table.over_budget().is_none());
        entry.set_over_budget_until(clock::now() + 60_000_000_000);
        assert_eq!(table.over_budget().map(|entry| entry.name.clone()), Some("actor".into()));
        let past = ActorEntry::new("other".into());
        past.set_over_budget_until(clock::now());
        assert!(!past.is_over_budget());
    }
}
