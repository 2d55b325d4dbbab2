//! The newest faults, for the admin page. A repeated fault is one entry with a count, so that many faults of one route
//! do not remove the faults of other routes.
//!
//! Invariant: an entry is a record that was written in full, with additions from later records: its stack, and how
//! many records were not written.

use std::collections::VecDeque;
use std::sync::LazyLock;
use std::time::Instant;

use serde_json::{Map, Value};

use crate::fault_log::record::{Level, Record};
use crate::sync::Mutex;

/// How many entries are kept.
const KEPT: usize = 50;
/// How many characters of a text are kept.
const LONGEST_TEXT: usize = 8 * 1024;

/// The fields that the record of a stack adds.
const OF_STACK: [&str; 4] = ["stack", "summary", "stack_location", "stack_request_id"];

/// The newest comes last.
static RECENT: LazyLock<Mutex<VecDeque<RecentFault>>> = LazyLock::new(Mutex::default);

/// A fault, and how often it happened since it is kept.
#[derive(Clone, Debug)]
pub(crate) struct RecentFault {
    /// The record, with the fields [`OF_STACK`] of the record that names its stack.
    pub(crate) record: Map<String, Value>,
    pub(crate) count: u64,
    pub(crate) at: Instant,
    /// `None` for faults of actors and of the process.
    server: Option<u64>,
}

/// Keeps a record that is written in full.
pub(crate) fn keep(record: &Record<'_>) {
    if let Some(fault) =
        record.fault.strip_suffix("-stack").or(record.fault.strip_suffix("-backtrace"))
    {
        return add_stack(fault, record);
    }
    let is_fault = record.level == Level::Error || record.call.is_some();
    if !is_fault || record.fault == "alarm" {
        return;
    }
    let Ok(Value::Object(mut shown)) = serde_json::to_value(record) else { return };
    shown.remove("headers");
    shorten(&mut shown);
    let server = record.call.map(|call| call.server.id);
    let mut recent = RECENT.lock();
    let same = |kept: &RecentFault| {
        let is_same = |field| kept.record.get(field) == shown.get(field);
        kept.server == server && ["fault", "route", "actor", "location"].into_iter().all(is_same)
    };
    let before = recent.iter().position(same).and_then(|place| recent.remove(place));
    let count = before.as_ref().map_or(0, |before| before.count) + 1;
    for (field, value) in before.map(|before| before.record).into_iter().flatten() {
        if OF_STACK.contains(&&*field) {
            shown.insert(field, value);
        }
    }
    if recent.len() == KEPT {
        recent.pop_front();
    }
    recent.push_back(RecentFault { record: shown, count, at: Instant::now(), server });
}

/// Counts faults at a place that were not written in full.
pub(crate) fn count(fault: &str, place: &str, more: u64) {
    let mut recent = RECENT.lock();
    let kept = recent.iter_mut().rev().find(|kept| kept.is_at(fault, place));
    if let Some(kept) = kept {
        kept.count += more;
        kept.at = Instant::now();
    }
}

/// Returns the faults of a server and those of no single server, the newest first.
pub(crate) fn of_server(server: u64) -> Vec<RecentFault> {
    let is_wanted = |kept: &&RecentFault| kept.server.is_none_or(|other| other == server);
    RECENT.lock().iter().rev().filter(is_wanted).cloned().collect()
}

/// Adds the stack to the entry of its fault.
fn add_stack(fault: &str, record: &Record<'_>) {
    let place = if fault == "panic" { record.location } else { record.actor };
    let Some(place) = place.or(record.route.as_deref()) else { return };
    let mut recent = RECENT.lock();
    let Some(kept) = recent.iter_mut().rev().find(|kept| kept.is_at(fault, place)) else { return };
    // The record of a panic has the other two fields itself.
    let [summary, location] =
        [Some(record.message), record.location].map(|text| text.filter(|_| fault != "panic"));
    let texts = [record.stack.or(record.backtrace), summary, location, record.request_id];
    for (field, text) in OF_STACK.into_iter().zip(texts) {
        if let Some(text) = text {
            kept.record.insert(field.to_owned(), text.into());
        }
    }
    shorten(&mut kept.record);
}

impl RecentFault {
    fn is_at(&self, fault: &str, place: &str) -> bool {
        let is = |field, text: &str| self.record.get(field).is_some_and(|value| value == text);
        // The backtrace of a panic does not name the request or actor.
        (is("fault", fault) || (fault == "panic" && is("fault", "actor-panic")))
            && ["location", "route", "actor"].into_iter().any(|field| is(field, place))
    }
}

fn shorten(shown: &mut Map<String, Value>) {
    for value in shown.values_mut() {
        if let Value::String(text) = value
            && let Some((end, _)) = text.char_indices().nth(LONGEST_TEXT)
        {
            text.truncate(end);
            text.push('…');
        }
    }
}

#[cfg(all(test, not(oserver_loom)))]
mod tests {
    use super::*;

    fn kept(of: &str) -> Vec<RecentFault> {
        let mut all = of_server(u64::MAX);
        all.retain(|kept| kept.record["message"].as_str().is_some_and(|text| text.contains(of)));
        all
    }

    fn panic<'a>(message: &'a str, location: &'a str) -> Record<'a> {
        Record { location: Some(location), ..Record::new(Level::Error, "panic", message) }
    }

    /// One test, since the list is one for the process.
    #[test]
    fn a_repeated_fault_is_one_entry_with_its_stack_and_a_storm_pushes_nothing_out() {
        keep(&panic("other (of recent)", "other.rs:1:1"));
        for number in 0..2 * KEPT {
            keep(&panic(&format!("number {number} (of recent)"), "storm.rs:1:1"));
        }
        let stack = Record { backtrace: Some("main"), ..panic("", "storm.rs:1:1") };
        keep(&Record { fault: "panic-backtrace", ..stack });
        keep(&panic("last (of recent)", "storm.rs:1:1"));
        count("panic", "storm.rs:1:1", 1000);
        let all = kept("(of recent)");
        let shown = |kept: &RecentFault| (kept.record["message"].clone(), kept.count);
        let storm = ("last (of recent)".into(), 2 * KEPT as u64 + 1001);
        assert_eq!(
            all.iter().map(shown).collect::<Vec<_>>(),
            [storm, ("other (of recent)".into(), 1)]
        );
        assert_eq!(all[0].record["stack"], "main");
        assert!(all[1].record.get("stack").is_none());

        keep(&panic(&"é".repeat(LONGEST_TEXT + 1), "long.rs:1:1"));
        let long = kept("éé").remove(0).record.remove("message");
        assert_eq!(long, Some(("é".repeat(LONGEST_TEXT) + "…").into()));
        keep(&Record::new(Level::Warn, "connection-error", "no fault (of recent)"));
        assert_eq!(kept("(of recent)").len(), 2);
        for number in 0..KEPT {
            keep(&panic("(more)", &format!("many.rs:{number}:1")));
        }
        assert!(kept("(of recent)").is_empty(), "older ones go");
    }
}
