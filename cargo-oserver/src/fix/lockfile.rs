//! Versions in `Cargo.lock` that one more dependency changes: cargo moves those that are too old for it, and what was written
//! for the old ones may not compile then.

use std::collections::{BTreeMap, BTreeSet};

use toml::{Table, Value};

/// Packages that have another version now, as `name old → new`; first those that oserver's own packages ask for.
pub(super) fn moved(before: &str, after: &str) -> Vec<String> {
    let (old, new) = (versions(before), versions(after));
    let required = required_by_oserver(after);
    let mut moved: Vec<(bool, String)> = Vec::new();
    for (name, had) in &old {
        let Some(has) = new.get(name) else { continue };
        for version in had.difference(has) {
            let same = |other: &&String| line(other) == line(version);
            let Some(to) = has.difference(had).filter(same).last() else { continue };
            moved.push((!required.contains(name), format!("{name} {version} → {to}")));
        }
    }
    moved.sort();
    moved.into_iter().map(|(_, words)| words).collect()
}

/// Returns the first of a list, and how many more there are.
pub(super) fn some_of(list: &[String]) -> String {
    const SHOWN: usize = 5;
    let shown = list.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    match list.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// Returns the part of a version that its compatible versions share: `1` of `1.5.2`, `0.17` of `0.17.2`.
fn line(version: &str) -> &str {
    let parts = if version.starts_with("0.") { 2 } else { 1 };
    let end = version.match_indices('.').nth(parts - 1).map_or(version.len(), |(at, _)| at);
    &version[..end]
}

fn packages(lock: &str) -> Vec<Table> {
    let table: Table = lock.parse().unwrap_or_default();
    let packages = table.get("package").and_then(Value::as_array).cloned().unwrap_or_default();
    packages.into_iter().filter_map(|package| package.as_table().cloned()).collect()
}

fn text<'t>(package: &'t Table, key: &str) -> &'t str {
    package.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn versions(lock: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut versions: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for package in packages(lock) {
        let of = versions.entry(text(&package, "name").to_owned()).or_default();
        of.insert(text(&package, "version").to_owned());
    }
    versions
}

fn required_by_oserver(lock: &str) -> BTreeSet<String> {
    packages(lock)
        .iter()
        .filter(|package| text(package, "name").starts_with("oserver"))
        .filter_map(|package| package.get("dependencies")?.as_array())
        .flatten()
        .filter_map(|entry| Some(entry.as_str()?.split(' ').next()?.to_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{moved, some_of};

    fn lock(packages: &[(&str, &str, &[&str])]) -> String {
        packages
            .iter()
            .map(|(name, version, dependencies)| {
                format!(
                    "[[package]]\nname = {name:?}\nversion = {version:?}\ndependencies = {dependencies:?}\n\n"
                )
            })
            .collect()
    }

    #[test]
    fn what_oserver_asks_for_comes_first() {
        let before = lock(&[
            ("aaa", "1.0.0", &[]),
            ("hashbrown", "0.14.5", &[]),
            ("hyper", "0.14.1", &[]),
            ("hyper", "1.5.2", &[]),
            ("same", "1.0.0", &[]),
        ]);
        let after = lock(&[
            ("aaa", "1.1.0", &[]),
            ("hashbrown", "0.17.2", &[]),
            ("hyper", "0.14.1", &[]),
            ("hyper", "1.12.0", &[]),
            ("new", "1.0.0", &[]),
            ("oserver-runtime", "0.1.0", &["hyper 1.12.0"]),
            ("same", "1.0.0", &[]),
        ]);
        assert_eq!(moved(&before, &after), ["hyper 1.5.2 → 1.12.0", "aaa 1.0.0 → 1.1.0"]);
        assert!(moved(&after, &after).is_empty());
    }

    #[test]
    fn long_lists_are_cut() {
        let list: Vec<String> = (0..7).map(|number| number.to_string()).collect();
        assert_eq!(some_of(&list), "0, 1, 2, 3, 4 and 2 more");
        assert_eq!(some_of(&list[..2]), "0, 1");
    }
}
