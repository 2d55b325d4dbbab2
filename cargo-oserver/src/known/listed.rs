//! What the compiler is told by `oserver-state`, as the list that `tests/types.rs` of the workspace writes.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::{Kind, crate_and_name};

/// A verdict and a path each line.
const TYPES: &str = include_str!("types.txt");

/// The verdicts by path; and by crate and name, where all types of that name are the same.
static LISTED: LazyLock<Listed> = LazyLock::new(|| {
    let mut listed = Listed::default();
    for (verdict, path) in TYPES.lines().filter_map(|line| line.split_once(' ')) {
        let kind = match verdict {
            "lock" => Kind::Lock,
            "closed" => Kind::Closed,
            "open" => Kind::Open,
            _ => continue,
        };
        listed.by_path.insert(path, kind);
        let same = listed.by_name.entry(crate_and_name(path)).or_insert(Some(kind));
        if *same != Some(kind) {
            *same = None;
        }
    }
    listed
});

#[derive(Default)]
struct Listed {
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
            let (verdict, path) = line.split_once(' ').expect("a verdict and a path");
            let wanted = match verdict {
                "lock" => Kind::Lock,
                // A gate for one at a time is a lock: how many it lets through is asked elsewhere.
                _ if path.ends_with("::Semaphore") => Kind::Semaphore,
                "closed" => Kind::Closed,
                "open" => Kind::Open,
                other => panic!("no verdict: {other}"),
            };
            assert_eq!(kind(path), wanted, "{path}");
        }
        assert_eq!(kind("std::sync::Mutex"), Kind::Lock);
        assert_eq!(kind("core::cell::RefCell"), Kind::Lock);
        assert_eq!(kind("tokio::sync::mpsc::Sender"), Kind::Closed);
        assert_eq!(kind("tokio::sync::watch::Sender"), Kind::Open);
        assert_eq!(kind("axum::response::Redirect"), Kind::Closed);
    }
}
