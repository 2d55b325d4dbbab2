//! Types that are read, and not edited: of packages beside those that were asked for, and of frameworks.

use super::state::{Kind, TypeNeeds, closed, unknown};
use super::{Planner, Refusal};
use crate::program::{Id, ModuleId, Resolved};

impl Planner<'_, '_> {
    pub(super) fn is_asked(&self, id: Id) -> bool {
        self.program.sources.files[self.program.module(id.module).file as usize].selected
    }

    /// Looks into a type of a package that is read, but not edited.
    pub(super) fn inspect(
        &mut self,
        id: Id,
        args: &[Resolved],
        seen: &mut Vec<Id>,
    ) -> Result<(), Refusal> {
        if seen.contains(&id) {
            return Ok(());
        }
        seen.push(id);
        let def = self.program.type_def(id);
        for field in def.fields.iter().filter(|field| field.trusted.is_none()) {
            let ty = self.program.field_type(id, args, &field.ty);
            self.inspect_type(id.module, &ty, seen)?;
        }
        Ok(())
    }

    pub(super) fn inspect_type(
        &mut self,
        module: ModuleId,
        ty: &Resolved,
        seen: &mut Vec<Id>,
    ) -> Result<(), Refusal> {
        match ty {
            Resolved::Own(id, args) => self.inspect(*id, args, seen),
            Resolved::All(parts) => {
                parts.iter().try_for_each(|part| self.inspect_type(module, part, seen))
            }
            Resolved::External(path, args) => {
                // That package is not edited, so features and reasons do not matter.
                let name = path.trim_start_matches('?');
                let shallow = [];
                let open = path.starts_with('?');
                self.external(
                    module,
                    name,
                    open,
                    &shallow,
                    Kind::State,
                    &mut TypeNeeds::default(),
                )?;
                match closed(name) {
                    true => Ok(()),
                    false => args.iter().try_for_each(|arg| self.inspect_type(module, arg, seen)),
                }
            }
            Resolved::Traits(traits) => {
                for id in traits.iter().filter_map(|of| of.id) {
                    for &(at, of) in self.program.impls_of_trait(id).iter() {
                        let ty = self.program.impl_type(at, of);
                        if !matches!(ty, Resolved::Param(..)) {
                            self.inspect_type(at, &ty, seen)?;
                        }
                    }
                }
                Ok(())
            }
            Resolved::Param(..) | Resolved::Fn(_) => Ok(()),
            Resolved::Unknown => Err(unknown("_", "it could not be resolved")),
        }
    }

    /// Returns the path under which users have a type of a framework whose own sources are here.
    pub(super) fn framework_path(&self, id: Id) -> Option<String> {
        let package = self.program.package_name(id.module);
        let known = matches!(
            &*package,
            "axum" | "axum_core" | "axum_extra" | "oserver" | "oserver_runtime" | "oserver_state"
        );
        known.then(|| {
            let krate = if package == "axum_core" { "axum" } else { &package };
            format!("{krate}::{}", self.program.type_def(id).name)
        })
    }
}
