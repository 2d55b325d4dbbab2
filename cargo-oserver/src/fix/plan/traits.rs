//! Changes for a trait: `trait Name: HandlerState`, and the derive for each type that implements it.

use std::collections::BTreeSet;

use super::state::{Kind, TypeNeeds, unknown};
use super::{Planner, Refusal};
use crate::fix::change::{Action, Change};
use crate::fix::edits::Edit;
use crate::program::{Id, Resolved, TraitRef};

impl Planner<'_, '_> {
    /// Adds the change that a trait needs if it is behind `dyn Trait`, or a bound of a type parameter.
    pub(super) fn of_trait(
        &mut self,
        ty: &Resolved,
        of: &TraitRef,
        type_needs: &mut TypeNeeds,
    ) -> Result<(), Refusal> {
        let Some(id) = of.id else {
            // A bound of another crate on a parameter is not about what it holds.
            return match ty {
                Resolved::Param(..) => Ok(()),
                _ if matches!(&*of.path, "Send" | "Sync") || of.path.contains("::marker::") => {
                    Ok(())
                }
                _ => Err(unknown(&format!("dyn {}", of.path), "it can be any type")),
            };
        };
        if matches!(ty, Resolved::Traits(_))
            && let Some(reason) = self.replaced_in_tests(id)?
        {
            type_needs.trusted.push(reason);
            return Ok(());
        }
        type_needs.needs.push(self.supertrait(id)?);
        Ok(())
    }

    /// `trait Name: HandlerState`, and the derive for each type that implements it.
    fn supertrait(&mut self, id: Id) -> Result<usize, Refusal> {
        if let Some(known) = self.traits.get(&id) {
            return known.clone();
        }
        let made = self.make_supertrait(id);
        self.traits.insert(id, made.clone());
        made
    }

    fn make_supertrait(&mut self, id: Id) -> Result<usize, Refusal> {
        let def = self.program.trait_def(id);
        let file = self.program.module(id.module).file;
        let name = format!("dyn {}", def.name);
        if !self.program.sources.files[file as usize].selected {
            return Err(unknown(&name, "its traits package is not among the selected packages"));
        }
        let Some(source) = self.source(file) else {
            return Err(unknown(&name, "a macro writes its trait"));
        };
        let mut sites = source.tree.traits.iter().filter(|site| site.name == *def.name);
        let (Some(site), None) = (sites.next(), sites.next()) else {
            return Err(unknown(&name, "its trait was not found in the text of its file"));
        };
        let mut needs = Vec::new();
        let mut features = BTreeSet::new();
        for &(at, of) in self.program.impls_of_trait(id).iter() {
            let ty = self.program.impl_type(at, of);
            if matches!(ty, Resolved::Param(..)) {
                continue;
            }
            let type_needs = self.type_needs(at, &ty, Kind::State)?;
            if let Some(reason) = type_needs.trusted.first() {
                return Err(unknown(&name, &format!("`{}` implements it: {reason}", of.for_type)));
            }
            needs.extend(type_needs.needs);
            features.extend(type_needs.features);
        }
        let krate = self.krate(id.module);
        let (at, before) = site.bound;
        let message = format!("`{}`: `{krate}::HandlerState` as a supertrait", def.name);
        let mut change = Change::new(Action::Derived, self.path(file), site.place.line, message)
            .edit(Edit::insert(at, format!("{before}{krate}::HandlerState")))
            .extent(site.item.clone());
        change.needs = needs;
        change.serves_others = true;
        change.names = vec![def.name.to_string()];
        Ok(self.add(id.module, change, features))
    }
}
