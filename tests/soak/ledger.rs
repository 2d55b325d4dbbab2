//! What the clients saw, and whether the server recorded the same.

use std::collections::{BTreeMap, HashMap};
use std::ops::RangeInclusive;
use std::sync::{Mutex, MutexGuard};

use serde_json::Value;

use crate::common::cases::{Answer, Case, Outcome};

/// The ids of requests of which nobody knows how they ended begin with this.
pub const UNCERTAIN: &str = "uncertain-";

#[derive(Default)]
pub struct Ledger(Mutex<Entries>);

#[derive(Default)]
struct Entries {
    requests: u64,
    /// Answered with 504 without being a fault: the machine had other things to do.
    held_up: u64,
    /// Of each kind of fault, at least and at most.
    sums: BTreeMap<&'static str, (u64, u64)>,
    /// What has to be recorded of a request, at least and at most.
    of_request: HashMap<String, Vec<(&'static str, u64, u64)>>,
    /// The requests that took a thread for ever, if they were begun.
    losing: Vec<String>,
    /// Requests of tools that know nothing of our ids.
    foreign: u64,
}

/// `timeout` and `blocked` are two words for one thing: which of them it is may depend on what else the
/// machine does.
fn kind(fault: &str) -> Option<&'static str> {
    match fault {
        "panic" => Some("panic"),
        "timeout" | "blocked" => Some("late"),
        "stalled-body" => Some("stalled-body"),
        _ => None,
    }
}

impl Ledger {
    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.0.lock().expect("nobody panics with it")
    }

    /// A request was answered as it should be, or was held up until its deadline.
    pub fn answered(&self, case: &Case, id: &str, outcome: Outcome) {
        let held_up = outcome == Answer(504) && case.outcome != outcome;
        assert!(outcome == case.outcome || held_up, "{case:?} {id}: {outcome:?}");
        let count = |kind| case.recorded.iter().filter(|fault| self::kind(fault) == kind).count();
        let panics = count(Some("panic")) as u64;
        let late = u64::from(held_up) + count(Some("late")) as u64;
        let mut entries = self.entries();
        entries.requests += 1;
        entries.held_up += u64::from(held_up);
        // Held up, it may have panicked or not.
        entries.expect(id, "panic", if held_up { 0 } else { panics }, panics);
        entries.expect(id, "late", late, late);
        if case.loses_thread {
            entries.losing.push(id.to_owned());
        }
    }

    /// A client that sent half of a body was told that it took too long.
    pub fn stalled(&self) {
        let mut entries = self.entries();
        entries.requests += 1;
        entries.add("stalled-body", 1, 1);
    }

    /// A request that is no fault, however it ended: it may have been late.
    pub fn uncertain(&self, faults: &[&str]) {
        let mut entries = self.entries();
        entries.requests += 1;
        entries.add("late", 0, 1);
        for fault in faults.iter().filter_map(|fault| kind(fault)) {
            entries.add(fault, 0, 1);
        }
    }

    /// A tool may send so many requests, some of which may be late.
    pub fn foreign(&self, requests: u64) {
        let mut entries = self.entries();
        entries.foreign += requests;
        entries.add("late", 0, requests);
        entries.add("stalled-body", 0, requests);
    }

    pub fn requests(&self) -> u64 {
        self.entries().requests
    }

    /// Requests that took a thread, as the records say.
    pub fn lost(&self, records: &[Value]) -> usize {
        let entries = self.entries();
        let blocked = records.iter().filter(|record| record["fault"] == "blocked");
        let ids = blocked.filter_map(|record| record["request_id"].as_str());
        ids.filter(|id| entries.losing.iter().any(|losing| losing == id)).count()
    }

    /// Whether there are records of everything that has to be there.
    pub fn is_covered_by(&self, records: &[Value]) -> bool {
        let entries = self.entries();
        entries.sums.iter().all(|(kind, (least, _))| recorded(records, kind).total() >= *least)
    }

    /// Compares all that was seen to all that was recorded.
    pub fn compare(&self, records: &[Value]) {
        let entries = self.entries();
        println!("{} requests, of which {} were held up", entries.requests, entries.held_up);
        assert!(
            entries.held_up * 20 <= entries.requests,
            "{} of {} requests were held up until their deadline",
            entries.held_up,
            entries.requests
        );
        for (kind, (least, most)) in &entries.sums {
            let recorded = recorded(records, kind);
            println!("{kind}: {least} to {most} seen, {} recorded", recorded.total());
            let seen: RangeInclusive<u64> = *least..=*most;
            assert!(
                seen.contains(&recorded.total()),
                "{kind}: {recorded:?} recorded, {seen:?} seen"
            );
            entries.compare_requests(kind, &recorded);
        }
        for record in records {
            let fault = record["fault"].as_str().unwrap_or_default();
            assert!(
                !["refused", "error", "beyond-repair", "various"].contains(&fault),
                "nobody asked for {record}"
            );
        }
    }
}

impl Entries {
    fn expect(&mut self, id: &str, kind: &'static str, least: u64, most: u64) {
        if most > 0 {
            self.add(kind, least, most);
            self.of_request.entry(id.to_owned()).or_default().push((kind, least, most));
        }
    }

    fn add(&mut self, kind: &'static str, least: u64, most: u64) {
        let sum = self.sums.entry(kind).or_default();
        *sum = (sum.0 + least, sum.1 + most);
    }

    /// Each request for itself; of those that a place has more of in a second than it writes in full,
    /// the number.
    fn compare_requests(&self, kind: &str, recorded: &Recorded) {
        let mut missing = 0;
        for (id, expected) in &self.of_request {
            let found = recorded.full.get(id.as_str()).copied().unwrap_or(0);
            let (least, most) = expected
                .iter()
                .find(|(of_kind, ..)| *of_kind == kind)
                .map_or((0, 0), |(_, least, most)| (*least, *most));
            assert!(found <= most, "{kind}: {found} records of {id}, which saw at most {most}");
            missing += least.saturating_sub(found);
        }
        assert!(
            missing <= recorded.suppressed,
            "{kind}: {missing} are missing, {} were left out",
            recorded.suppressed
        );
        let is_known = |id: &str| id.starts_with(UNCERTAIN) || self.of_request.contains_key(id);
        let unknown: Vec<_> = recorded.full.keys().filter(|id| !is_known(id)).collect();
        assert!(
            unknown.len() as u64 <= self.foreign,
            "{kind}: records of {unknown:?}, which saw nothing of it"
        );
    }
}

/// The records of one kind.
#[derive(Debug, Default)]
struct Recorded<'a> {
    full: HashMap<&'a str, u64>,
    suppressed: u64,
}

impl Recorded<'_> {
    fn total(&self) -> u64 {
        self.full.values().sum::<u64>() + self.suppressed
    }
}

fn recorded<'a>(records: &'a [Value], kind: &str) -> Recorded<'a> {
    let mut recorded = Recorded::default();
    for record in records {
        if record["fault"].as_str().and_then(self::kind) != Some(kind) {
            continue;
        }
        match (record["suppressed"].as_u64(), record["request_id"].as_str()) {
            (Some(number), _) => recorded.suppressed += number,
            (None, id) => *recorded.full.entry(id.expect("a fault of a request")).or_default() += 1,
        }
    }
    recorded
}
