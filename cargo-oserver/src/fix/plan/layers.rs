//! Layers of the service that a guard makes useless.

use std::collections::BTreeSet;

use super::Planner;
use crate::fix::change::{Action, Left, Reason};

impl Planner<'_, '_> {
    /// Runs after the handlers: only their new guards answer before a layer does.
    pub(super) fn panic_layers(&mut self) {
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
            for layer in &source.tree.panic_layers {
                if !self.is_served(id, layer.function) {
                    continue;
                }
                self.plan.left.push(Left {
                    action: Action::Left,
                    reason: Reason::Layer,
                    handler: None,
                    file: self.path(module.file).to_owned(),
                    line: layer.place.line,
                    message: format!(
                        "`{}` no longer sees the panics of guarded handlers: the guard answers first, with 500 and problem details. Decide whether clients need the response that is made here; if so, make it in a `map_response` layer",
                        layer.call
                    ),
                });
            }
        }
    }
}
