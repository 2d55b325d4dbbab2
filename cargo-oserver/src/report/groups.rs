//! Findings about one handler, or about one lock, together.

use std::collections::HashMap;

use super::Finding;

const LOCK_STATIC: &str = "lock-static";

/// Findings one after the other that are about the same handler: the first has the nearest lock.
pub(super) fn by_handler(findings: &[Finding]) -> Vec<&[Finding]> {
    let same = |a: &Finding, b: &Finding| {
        a.handler.is_some() && (a.lint.name, a.file, a.place) == (b.lint.name, b.file, b.place)
    };
    findings.chunk_by(same).collect()
}

/// Findings about the same lock: that of a static first, then those over the shortest way; any other alone. In the order
/// of their first one.
pub(super) fn by_lock(findings: &[Finding]) -> Vec<Vec<&Finding>> {
    let mut groups: Vec<Vec<&Finding>> = Vec::new();
    let mut known: HashMap<(&str, &str), usize> = HashMap::new();
    for finding in findings {
        // A static's lock is found where the static is, and in handlers that reach it.
        let of_static = finding.handler.as_ref().is_some_and(|handler| handler.via == "static");
        let lint = if of_static { LOCK_STATIC } else { finding.lint.name };
        let key = finding.lock.as_ref().map(|lock| (lint, &*lock.key));
        match key.and_then(|key| known.get(&key).copied()) {
            Some(index) => groups[index].push(finding),
            None => {
                known.extend(key.map(|key| (key, groups.len())));
                groups.push(vec![finding]);
            }
        }
    }
    for group in &mut groups {
        group.sort_by_key(|finding| (finding.lint.name != LOCK_STATIC, finding.chain.len()));
    }
    groups
}
