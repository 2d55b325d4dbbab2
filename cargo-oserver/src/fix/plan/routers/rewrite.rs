//! Imports with some of their names from another crate.

use crate::fix::tree::imports::{Leaf, UseItem, written};

/// Splits an import: the names that stay, and the names that move.
pub(super) fn imports(item: &UseItem, moves: &dyn Fn(&Leaf) -> bool, krate: &str) -> String {
    let (moved, kept): (Vec<Leaf>, Vec<Leaf>) = item.leaves.iter().cloned().partition(moves);
    let to = moved.into_iter().map(|mut leaf| {
        if let Some(first) = leaf.path.first_mut() {
            krate.clone_into(first);
        }
        leaf
    });
    let to = written(&to.collect::<Vec<_>>());
    if kept.is_empty() { to } else { format!("{}\n{}{to}", written(&kept), item.prefix) }
}

#[cfg(test)]
mod tests {
    use super::imports;
    use crate::fix::tree::imports::{Leaf, items};

    fn split(text: &str) -> String {
        let moves = |leaf: &Leaf| {
            leaf.path.get(1).is_some_and(|name| name == "Router" || name == "routing")
        };
        imports(&items(text)[0], &moves, "oserver")
    }

    #[test]
    fn names_go_where_they_belong() {
        assert_eq!(split("use axum::Router;"), "use oserver::Router;");
        assert_eq!(
            split("use axum::{Router, extract::{Path, State}, routing::{get, post as p}};"),
            "use axum::extract::{Path, State};\nuse oserver::{Router, routing::{get, post as p}};"
        );
        assert_eq!(
            split("pub(crate) use axum::{routing::{self, get}, http};"),
            "use axum::http;\npub(crate) use oserver::routing::{self, get};"
        );
    }
}
