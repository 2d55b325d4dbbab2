//! Layers of the service whose work a guard does first.

use std::collections::BTreeSet;

use super::Planner;
use crate::fix::change::{Action, Left, Reason};
use crate::fix::tree::{LayerSite, Work};

/// The deadline of a handler that sets none, in milliseconds.
const DEADLINE: u64 = 30_000;

impl Planner<'_, '_> {
    /// Runs after the handlers: only their new guards answer before a layer does.
    pub(super) fn layers(&mut self) {
        if !self.plan.changes.iter().any(|change| change.handler.is_some()) {
            return;
        }
        let mut seen = BTreeSet::new();
        for id in self.program.module_ids() {
            let module = self.program.module(id);
            let selected = self.program.sources.files[module.file as usize].selected;
            if module.block || !selected || self.program.is_test(id) || !seen.insert(module.file) {
                continue;
            }
            let Some(source) = self.source(module.file) else { continue };
            for layer in &source.tree.layers {
                if !self.is_served(id, layer.function) {
                    continue;
                }
                let Some(message) = message(layer) else { continue };
                self.plan.left.push(Left {
                    action: Action::Left,
                    reason: Reason::Layer,
                    handler: None,
                    file: self.path(module.file).to_owned(),
                    line: layer.place.line,
                    message,
                });
            }
        }
    }
}

/// `None` if the layer works as before.
fn message(layer: &LayerSite) -> Option<String> {
    match layer.work {
        Work::Panics(call) => Some(format!(
            "`{call}` no longer sees the panics of guarded handlers: the guard answers first, with 500 and problem details. Decide whether clients need the response that is made here; if so, make it in a `map_response` layer"
        )),
        Work::Timeout(limit) if limit > DEADLINE => Some(format!(
            "`TimeoutLayer` gives requests {} s, and the guard of a handler gives 30 s: decide which handlers need more, and write `#[oserver::handler(timeout = \"{}s\")]` there",
            limit / 1000,
            limit.div_ceil(1000)
        )),
        Work::Timeout(_) => None,
    }
}
