//! The outcomes that the clients saw, compared with the records of the server.

use std::collections::{BTreeMap, HashMap};
use std::ops::RangeInclusive;
use std::sync::{Mutex, MutexGuard};

use serde_json::Value;

use crate::common::cases::{Answer, Case, Outcome};

/// The ids of requests of which nobody knows how they ended begin with this.
pub(crate) const UNCERTAIN: &str = "uncertain-";

#[derive(Default)]
pub(crate) struct Ledger(Mutex<Entries>);

#[derive(Default)]
struct Entries {
    requests: u64,
    /// Answered with 504 without being a fault: the machine had other things to do.
    held_up: u64,
    /// The number of faults of each kind, at least and at most.
    sums: BTreeMap<&'static str, (u64, u64)>,
    /// The faults that have to be recorded of a request, at least and at most.
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
        "error" => Some("error"),
        "refused" => Some("refused"),
        _ => None,
    }
}

impl Ledger {
    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.0.lock().expect("nobody panics with it")
    }

    /// A request was answered as it should be, or was held up until its deadline.
    pub(crate) fn answered(&self, case: &Case, id: &str, outcome: Outcome) {
        // Which of them it is depends on whether it was the handler or the body that was slow.
        let is_late = outcome == Answer(504) || (outcome == Answer(408) && case.body > 0);
        // And what blocks for a while may be done before anybody had the time to say so.
        let comes_back = case.outcome == Answer(504) && !case.loses_thread;
        let got_away = comes_back && case.recorded == ["blocked"] && outcome == Answer(200);
        // There was more to do than the machine could.
        let refused = outcome == Answer(503) && case.outcome != outcome;
        let held_up = (is_late && case.outcome != outcome) || got_away || refused;
        assert!(outcome == case.outcome || held_up, "{case:?} {id}: {outcome:?}");
        let count = |kind| case.recorded.iter().filter(|fault| self::kind(fault) == kind).count();
        let panics = count(Some("panic")) as u64;
        let mut entries = self.entries();
        entries.requests += 1;
        entries.held_up += u64::from(held_up);
        if got_away {
            entries.expect(id, "late", 0, 1);
        } else if refused {
            entries.expect(id, "refused", 1, 1);
        } else if outcome == Answer(408) {
            entries.expect(id, "stalled-body", 1, 1);
        } else if held_up {
            entries.expect(id, "late", 1, 1);
        } else {
            let late = count(Some("late")) as u64;
            entries.expect(id, "late", late, late);
        }
        // Held up, it may have panicked or not.
        entries.expect(id, "panic", if held_up { 0 } else { panics }, panics);
        if case.loses_thread {
            entries.losing.push(id.to_owned());
        }
    }

    /// The actor's answer was an error, or too late for its client.
    pub(crate) fn broke_actor(&self, id: &str, status: u16) {
        let mut entries = self.entries();
        entries.requests += 1;
        let is_late = status == 504;
        // In the moment of its deadline the handler may have said that the actor does not answer, and not be heard.
        entries.expect(id, "error", u64::from(!is_late), 1);
        entries.expect(id, "late", u64::from(is_late), u64::from(is_late));
    }

    /// A client that sent half of a body was told that it took too long.
    pub(crate) fn stalled(&self) {
        let mut entries = self.entries();
        entries.requests += 1;
        entries.add("stalled-body", 1, 1);
    }

    /// One that is no fault got 503: there was more to do than the machine could.
    pub(crate) fn refused(&self) {
        let mut entries = self.entries();
        entries.requests += 1;
        entries.held_up += 1;
        entries.add("refused", 1, 1);
    }

    /// A request that is no fault, however it ended: it may have been late, or refused.
    pub(crate) fn uncertain(&self, faults: &[&str]) {
        let mut entries = self.entries();
        entries.requests += 1;
        entries.add("late", 0, 1);
        entries.add("refused", 0, 1);
        for fault in faults.iter().filter_map(|fault| kind(fault)) {
            entries.add(fault, 0, 1);
        }
    }

    /// A tool may send so many requests, some of which may be late.
    pub(crate) fn foreign(&self, requests: u64) {
        let mut entries = self.entries();
        entries.foreign += requests;
        for kind in ["late", "stalled-body", "refused"] {
            entries.add(kind, 0, requests);
        }
    }

    pub(crate) fn requests(&self) -> u64 {
        self.entries().requests
    }

    /// Polls that took a thread for ever, as the records say.
    pub(crate) fn lost(&self, records: &[Value]) -> usize {
        let entries = self.entries();
        let is_lost = |record: &&Value| match record["fault"].as_str() {
            // `/wedge`, of which nothing else is an actor's.
            Some("actor-blocked") => true,
            Some("blocked") => {
                let id = record["request_id"].as_str();
                entries.losing.iter().any(|losing| Some(&**losing) == id)
            }
            _ => false,
        };
        records.iter().filter(is_lost).count()
    }

    /// Whether there are records of everything that has to be there.
    pub(crate) fn is_covered_by(&self, records: &[Value]) -> bool {
        let entries = self.entries();
        entries.sums.iter().all(|(kind, (least, _))| recorded(records, kind).total() >= *least)
    }

    /// Compares all that was seen to all that was recorded.
    pub(crate) fn compare(&self, records: &[Value]) {
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
            assert!(!["unrecoverable", "various"].contains(&fault), "nobody asked for {record}");
        }
    }
}

/// Checks that the server's counters equal its records, and that nothing is under way any more.
pub(crate) fn compare_counters(status: &Value, records: &[Value]) {
    let routes = status["routes"].as_array().expect("routes");
    let sum = |name: &str| routes.iter().filter_map(|route| route[name].as_u64()).sum::<u64>();
    let of_fault = |fault: &str| {
        let of_fault = records.iter().filter(|record| record["fault"] == fault);
        of_fault.map(|record| record["suppressed"].as_u64().unwrap_or(1)).sum::<u64>()
    };
    for (counter, fault) in [
        ("panics", "panic"),
        ("blocked", "blocked"),
        ("stalled_bodies", "stalled-body"),
        ("errors", "error"),
        ("refused", "refused"),
    ] {
        println!("{counter}: {} counted, {} recorded", sum(counter), of_fault(fault));
        assert_eq!(sum(counter), of_fault(fault), "{counter} in {status:#}");
    }
    println!("{} requests counted, {} timeouts", sum("requests"), sum("timeouts"));
    assert_eq!(sum("in_flight"), 0, "{status:#}");
    assert_eq!(status["connections"], 0);
    assert_eq!(status["actors"][0]["panics"], of_fault("actor-panic"));
    assert_eq!(
        status["actors"][0]["overruns"],
        of_fault("actor-blocked") + of_fault("actor-timeout")
    );
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
