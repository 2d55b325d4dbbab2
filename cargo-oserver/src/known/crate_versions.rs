//! Verdicts of `oserver-state` on types, as the list that `tests/types.rs` of the workspace writes.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::{Kind, crate_and_name};

/// A verdict, a path and features each line.
const TYPES: &str = include_str!("types.txt");

/// The verdicts by path; and by crate and name, where all types of that name are the same.
static LISTED: LazyLock<Listed> = LazyLock::new(|| {
    let mut listed = Listed::default();
    for line in TYPES.lines() {
        let mut words = line.split(' ');
        let (Some(verdict), Some(path)) = (words.next(), words.next()) else { continue };
        let kind = match verdict {
            "lock" => Kind::Lock,
            "closed" => Kind::Closed,
            "open" | "param" | "fresh" => Kind::Open,
            _ => continue,
        };
        listed.by_path.insert(path, kind);
        let param = matches!(verdict, "param" | "fresh");
        let features = words.map(|feature| Feature {
            name: feature.trim_start_matches('+'),
            always: feature.starts_with('+'),
            param,
        });
        let features: Vec<Feature> = features.collect();
        if kind != Kind::Lock {
            let (krate, name) = crate_and_name(path);
            let known = listed.features.entry(krate).or_default().entry(name).or_default();
            known.extend(
                features.into_iter().filter(|feature| !known.contains(feature)).collect::<Vec<_>>(),
            );
        }
        let same = listed.by_name.entry(crate_and_name(path)).or_insert(Some(kind));
        if *same != Some(kind) {
            *same = None;
        }
    }
    listed
});

/// A feature of oserver that knows a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Feature {
    /// `moka-0_12`
    pub name: &'static str,
    /// Whether it is on for everybody.
    pub always: bool,
    /// Whether the type is a parameter of handlers, and no state.
    pub param: bool,
}

impl Feature {
    /// Returns `true` if it is for this version: `moka-0_12` for `0.12.11`.
    #[must_use]
    pub fn is_for(&self, version: &str) -> bool {
        let own = self.name.rsplit('-').next().unwrap_or_default().replace('_', ".");
        version.strip_prefix(&own).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }
}

/// Returns the features that know a type of a crate, by its last name.
#[must_use]
pub fn features(krate: &str, name: &str) -> &'static [Feature] {
    LISTED.features.get(krate).and_then(|names| names.get(name)).map_or(&[], Vec::as_slice)
}

#[derive(Default)]
struct Listed {
    features: HashMap<&'static str, HashMap<&'static str, Vec<Feature>>>,
    by_path: HashMap<&'static str, Kind>,
    by_name: HashMap<(&'static str, &'static str), Option<Kind>>,
}

pub(super) fn of_the_list(path: &str) -> Option<Kind> {
    let (krate, name) = crate_and_name(path);
    let krate = if matches!(krate, "core" | "alloc") { "std" } else { krate };
    let by_name = || LISTED.by_name.get(&(krate, name)).copied().flatten();
    LISTED.by_path.get(path).copied().or_else(by_name)
}

#[cfg(test)]
mod tests {
    use super::super::kind;
    use super::*;

    #[test]
    fn listed_types_have_the_verdict_of_the_list() {
        for line in TYPES.lines().filter(|line| !line.starts_with('#')) {
            let mut words = line.split(' ');
            let verdict = words.next().expect("a verdict");
            let path = words.next().expect("a path");
            let wanted = match verdict {
                "lock" => Kind::Lock,
                // A semaphore of one permit is a lock; the number of permits is found elsewhere.
                _ if path.ends_with("::Semaphore") => Kind::Semaphore,
                "closed" => Kind::Closed,
                "open" | "param" | "fresh" => Kind::Open,
                other => panic!("no verdict: {other}"),
            };
            assert_eq!(kind(path), wanted, "{path}");
        }
        assert!(features("moka", "Cache").iter().any(|known| known.is_for("0.12.16")));
        assert!(!features("moka", "Cache").iter().any(|known| known.is_for("0.1.2")));
        assert_eq!(kind("std::sync::Mutex"), Kind::Lock);
        assert_eq!(kind("core::cell::RefCell"), Kind::Lock);
        assert_eq!(kind("tokio::sync::mpsc::Sender"), Kind::Closed);
        assert_eq!(kind("tokio::sync::watch::Sender"), Kind::Open);
        assert_eq!(kind("axum::response::Redirect"), Kind::Closed);
    }
}
