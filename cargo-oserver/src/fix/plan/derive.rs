//! The derives of a workspace's own types, and the fields that are trusted in them.

use std::collections::BTreeSet;

use super::state::{Kind, unknown};
use super::{Planner, Refusal};
use crate::fix::change::{Action, Change, Reason};
use crate::fix::edits::Edit;
use crate::fix::tree::line_before;
use crate::program::{Id, Resolved};
use crate::syntax::Field;

impl Planner<'_, '_> {
    /// Returns the derive that a type of the workspace needs; `None` if it has it.
    pub(super) fn want(
        &mut self,
        id: Id,
        args: &[Resolved],
        kind: Kind,
    ) -> Result<Option<usize>, Refusal> {
        let def = self.program.type_def(id);
        let (file, place) = self.program.at(id.module, def.place);
        let derives = |name: &str| def.attributes.derives.iter().any(|known| **known == *name);
        if derives("HandlerState") || (kind == Kind::Param && derives("HandlerParam")) {
            return Ok(None);
        }
        if kind == Kind::Param
            && let Some(Ok(known)) = self.derived.get(&(file, place, Kind::State))
        {
            return Ok(*known);
        }
        if let Some(known) = self.derived.get(&(file, place, kind)) {
            return known.clone();
        }
        // A recursive type counts as its other fields.
        self.derived.insert((file, place, kind), Ok(None));
        let mut made = self.derive(id, args, kind);
        if kind == Kind::Param {
            // An extractor of state only is state.
            let length = self.plan.changes.len();
            let before = self.derived.clone();
            self.derived.insert((file, place, Kind::State), Ok(None));
            match self.derive(id, args, Kind::State) {
                Ok(state) if made.is_err() || !self.is_trusting(state) => {
                    self.derived.insert((file, place, Kind::State), Ok(Some(state)));
                    made = Ok(state);
                }
                _ => {
                    self.plan.changes.truncate(length);
                    self.derived = before;
                }
            }
        }
        let made = made.map(Some);
        self.derived.insert((file, place, kind), made.clone());
        made
    }

    fn is_trusting(&self, change: usize) -> bool {
        let changes = &self.plan.changes;
        changes[change].needs.iter().any(|need| changes[*need].action == Action::Trusted)
    }

    fn derive(&mut self, id: Id, args: &[Resolved], kind: Kind) -> Result<usize, Refusal> {
        let def = self.program.type_def(id);
        let (file, place) = self.program.at(id.module, def.place);
        if !self.program.sources.files[file as usize].selected {
            return Err(unknown(&def.name, "its package is not among the selected packages"));
        }
        let source = self.source(file);
        let Some((source, site)) =
            source.as_ref().and_then(|source| Some((source, source.tree.ty(place)?)))
        else {
            return Err((
                Reason::Macro,
                format!(
                    "a macro writes `{}`: decide where `HandlerState` is derived for it",
                    def.name
                ),
            ));
        };
        let mut needs = Vec::new();
        let mut features = BTreeSet::new();
        for field in def.fields.iter().filter(|field| field.trusted.is_none()) {
            let (file, place) = self.program.at(id.module, field.place);
            if let Some(actor) = self.actor_of(file, place) {
                needs.push(actor);
                continue;
            }
            let ty = self.program.field_type(id, args, &field.ty);
            let type_needs = self.type_needs(id.module, &ty, kind)?;
            needs.extend(type_needs.needs);
            features.extend(type_needs.features);
            if !type_needs.trusted.is_empty() {
                let at = site.fields.iter().find(|site| site.place == field.place);
                let Some(at) = at.map(|at| at.at) else {
                    return Err(unknown(&field.ty.to_string(), "its field is written by a macro"));
                };
                needs.push(self.trust(id, field, at, &type_needs.trusted.join("; "), &source.text));
            }
        }
        let krate = self.krate(id.module);
        let name = if kind == Kind::State { "HandlerState" } else { "HandlerParam" };
        let edit = match site.derive {
            Some((at, before)) => Edit::insert(at, format!("{before}{krate}::{name}")),
            None => {
                let line = format!("#[derive({krate}::{name})]");
                Edit::insert(site.at, line_before(&source.text, site.at, &line))
            }
        };
        let message = format!("`{}`: `#[derive({krate}::{name})]`", def.name);
        let mut change = Change::new(Action::Derived, self.path(file), place.line, message)
            .edit(edit)
            .extent(site.item.clone());
        if krate != "oserver" {
            let line = format!("#[handler_state(crate = {krate})]");
            change = change.edit(Edit::insert(site.at, line_before(&source.text, site.at, &line)));
        }
        change.needs = needs;
        change.serves_others = true;
        Ok(self.add(id.module, change, features))
    }

    fn trust(&mut self, id: Id, field: &Field, at: usize, reason: &str, text: &str) -> usize {
        let def = self.program.type_def(id);
        let line = format!("#[handler_state(trusted = {reason:?})]");
        let message = format!("`{}.{}`: `{line}`", def.name, field.name);
        let (file, place) = self.program.at(id.module, field.place);
        let mut change = Change::new(Action::Trusted, self.path(file), place.line, message)
            .edit(Edit::insert(at, line_before(text, at, &line)));
        change.serves_others = true;
        self.add(id.module, change, BTreeSet::new())
    }
}
