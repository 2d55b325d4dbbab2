//! The parameters of a handler: which of them oserver takes as they are, and what the others need.

use std::collections::BTreeSet;

use super::handlers::Needs;
use super::state::{Kind, TypeNeeds};
use super::{Planner, Refusal, Source};
use crate::fix::edits::Edit;
use crate::fix::tree::{FnSite, Param, indent};
use crate::program::{Function, ModuleId};

impl<'a> Planner<'_, 'a> {
    /// Returns the changes, features and edits that a function's parameters need.
    pub(super) fn params(
        &mut self,
        function: &Function<'a>,
        site: &FnSite,
        source: &Source,
    ) -> Result<Needs, Refusal> {
        let mut needs = Needs::default();
        let mut bounds: BTreeSet<(String, Kind)> = BTreeSet::new();
        let scope = self.program.scope_of(function);
        for (index, param) in function.def.params.iter().enumerate() {
            let ty = self.program.resolve_type(&param.ty, &scope);
            let type_needs = self.type_needs(function.module, &ty, Kind::Param)?;
            needs.changes.extend(&type_needs.needs);
            needs.features.extend(&type_needs.features);
            bounds.extend(type_needs.bounds.iter().cloned());
            if !type_needs.trusted.is_empty() {
                let written = site.params.get(index);
                let edits = written.and_then(|param| {
                    self.trust_param(function.module, param, &type_needs, site, source)
                });
                needs.edits.extend(edits.ok_or_else(|| {
                    super::state::unknown(&param.ty.to_string(), "its pattern is not a simple one")
                })?);
            }
        }
        needs.edits.extend(self.bounds(function.module, &bounds, site)?);
        Ok(needs)
    }

    /// `E: Debug` becomes `E: Debug + oserver::HandlerParam`.
    fn bounds(
        &self,
        module: ModuleId,
        bounds: &BTreeSet<(String, Kind)>,
        site: &FnSite,
    ) -> Result<Vec<Edit>, Refusal> {
        let krate = self.krate(module);
        let mut edits = Vec::new();
        for (name, kind) in bounds {
            let state = bounds.contains(&(name.clone(), Kind::State));
            if *kind == Kind::Param && state {
                continue;
            }
            let Some((_, at, before)) = site.type_params.iter().find(|(known, _, _)| known == name)
            else {
                return Err(super::state::unknown(
                    name,
                    "it is a parameter of the `impl` around it",
                ));
            };
            let bound = if state { "HandlerState" } else { "HandlerParam" };
            edits.push(Edit::insert(*at, format!("{before}{krate}::{bound}")));
        }
        Ok(edits)
    }

    /// `State(pool): State<Pool>` becomes `pool: Trusted<State<Pool>>`, and is taken out again first.
    fn trust_param(
        &self,
        module: ModuleId,
        param: &Param,
        type_needs: &TypeNeeds,
        site: &FnSite,
        source: &Source,
    ) -> Option<Vec<Edit>> {
        let krate = self.krate(module);
        let text = &source.text;
        let ty = param.ty.clone()?;
        let pattern = text.get(param.pattern.clone())?;
        let value = param.value.as_deref()?;
        let name = value.rsplit(['(', ',']).next()?.trim_end_matches(')').trim();
        let simple = !name.is_empty()
            && name.chars().all(|letter| letter.is_alphanumeric() || letter == '_')
            && value.matches(',').count() == 0;
        if !simple {
            return None;
        }
        let blanks = format!("{}    ", indent(text, site.item.start));
        let reason = type_needs.trusted.join("; ");
        let taken = format!(
            "\n{blanks}// Trusted: {reason}.\n{blanks}let {pattern} = {krate}::Trusted::into_inner({name});"
        );
        Some(vec![
            Edit::replace(param.pattern.clone(), name),
            Edit::insert(ty.start, format!("{krate}::Trusted<")),
            Edit::insert(ty.end, ">"),
            Edit::insert(site.body.start + 1, taken),
        ])
    }
}
