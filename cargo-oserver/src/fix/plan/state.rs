//! Types: which derive, which fields are trusted and why, which features know them.

use std::collections::BTreeSet;

use super::{Planner, Refusal};
use crate::dependencies::Verdict;
use crate::fix::change::Reason;
use crate::fix::oserver_features::{Vouch, base, of_state_crate, vouch};
use crate::program::{ModuleId, Resolved, TraitRef};
use crate::reach::Reach;

/// The use of a type, which decides the trait that it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Kind {
    /// A parameter of a handler.
    Param,
    /// State that handlers share.
    State,
}

/// The requirements of a type.
#[derive(Clone, Debug, Default)]
pub(super) struct TypeNeeds {
    pub(super) needs: Vec<usize>,
    pub(super) features: BTreeSet<&'static str>,
    /// The findings in the sources of unknown types: the reasons to trust them.
    pub(super) trusted: Vec<String>,
    /// Type parameters that need a bound.
    pub(super) bounds: BTreeSet<(String, Kind)>,
}

impl TypeNeeds {
    fn join(&mut self, other: Self) {
        self.needs.extend(other.needs);
        self.features.extend(other.features);
        self.bounds.extend(other.bounds);
        for reason in other.trusted {
            if !self.trusted.contains(&reason) {
                self.trusted.push(reason);
            }
        }
    }
}

pub(super) fn unknown(name: &str, why: &str) -> Refusal {
    (
        Reason::UnknownType,
        format!(
            "oserver does not know `{name}` ({why}): decide whether handlers may share it, and write the reason with `Trusted` or `#[handler_state(trusted = \"…\")]`"
        ),
    )
}

impl<'a> Planner<'_, 'a> {
    /// Returns the requirements of a type, as seen from a module.
    pub(super) fn type_needs(
        &mut self,
        module: ModuleId,
        ty: &Resolved,
        kind: Kind,
    ) -> Result<TypeNeeds, Refusal> {
        let mut type_needs = TypeNeeds::default();
        match ty {
            Resolved::External(path, args) => {
                self.external(
                    module,
                    path.trim_start_matches('?'),
                    path.starts_with('?'),
                    args,
                    kind,
                    &mut type_needs,
                )?;
            }
            Resolved::Own(id, args) => match self.framework_path(*id) {
                Some(path) => self.external(module, &path, false, args, kind, &mut type_needs)?,
                None if !self.is_asked(*id) => {
                    self.inspect(*id, args, &mut Vec::new())?;
                    let name = &self.program.type_def(*id).name;
                    let package = self.program.package_name(id.module);
                    type_needs.trusted.push(format!("{package}::{name}: no lock in its sources"));
                }
                None => {
                    type_needs.needs.extend(self.want(*id, args, kind)?);
                    // The type's arguments are checked here, at the handler.
                    for arg in args.iter() {
                        type_needs.join(self.type_needs(module, arg, Kind::State)?);
                    }
                }
            },
            Resolved::All(parts) => {
                for part in parts.iter() {
                    type_needs.join(self.type_needs(module, part, kind)?);
                }
            }
            Resolved::Fn(_) => {}
            Resolved::Traits(traits) => {
                for of in traits.iter() {
                    self.of_trait(ty, of, &mut type_needs)?;
                }
            }
            Resolved::Param(name, traits) => {
                let own: Vec<&TraitRef> = traits.iter().filter(|of| of.id.is_some()).collect();
                for of in &own {
                    self.of_trait(ty, of, &mut type_needs)?;
                }
                if own.is_empty() {
                    type_needs.bounds.insert((name.to_string(), kind));
                }
            }
            // The compiler decides.
            Resolved::Unknown if self.wishes.checked => {}
            Resolved::Unknown => return Err(unknown("_", "it could not be resolved")),
        }
        Ok(type_needs)
    }

    pub(super) fn external(
        &mut self,
        module: ModuleId,
        path: &str,
        unresolved: bool,
        args: &[Resolved],
        kind: Kind,
        type_needs: &mut TypeNeeds,
    ) -> Result<(), Refusal> {
        if self.program.is_owner_handle(path) || path.rsplit("::").next() == Some("PhantomData") {
            return Ok(());
        }
        // A macro may define it: the compiler decides.
        if unresolved && self.wishes.checked {
            return Ok(());
        }
        let manifest = self.manifest(module).unwrap_or_default();
        let krate = path.split("::").next().unwrap_or(path);
        let package = self.dependencies.package(&manifest, krate);
        let (name, version) = match &package {
            Some((name, version)) => (name.replace('-', "_"), Some(version.as_str())),
            None => (krate.to_owned(), None),
        };
        let state = Reach::is_state_extractor(&Resolved::External(
            path.replacen(krate, &name, 1).into(),
            [].into(),
        ));
        // A value of the connection, which several requests may have.
        let state = state || path.rsplit("::").next() == Some("ConnectInfo");
        let inner =
            if kind == Kind::Param && !state && !is_wrapper(path) { None } else { Some(()) };
        let mut read = false;
        let light = self.is_light(module);
        let feature_of = |feature: Option<&'static str>| match light {
            true => of_state_crate(feature, &name),
            false => feature,
        };
        let of_base =
            base(&name).and_then(|base| self.dependencies.inner_version(&manifest, krate, base));
        match vouch(path, &name, of_base.as_deref().or(version)) {
            Vouch::State => type_needs.features.extend(feature_of(None)),
            Vouch::Feature(feature) => type_needs.features.extend(feature_of(Some(feature))),
            Vouch::Param(feature) if kind == Kind::Param => {
                type_needs.features.extend(feature_of(feature));
                return Ok(());
            }
            Vouch::Param(_) | Vouch::Unknown => match self.dependencies.verdict(&manifest, path) {
                Verdict::Clean(reason) => {
                    type_needs.trusted.push(reason);
                    read = true;
                }
                Verdict::Lock(chain) => {
                    return Err(unknown(path, &format!("a lock was found in it: {chain}")));
                }
                // A macro may define it: the compiler decides.
                Verdict::Missing(_) if self.wishes.checked => return Ok(()),
                Verdict::Unknown(why) | Verdict::Missing(why) | Verdict::Absent(why) => {
                    return Err(unknown(path, &why));
                }
            },
        }
        // `Json<T>` makes a `T` of the request; `State<T>` hands out one that is shared.
        let fresh =
            inner.is_none() && Reach::is_request_data(&Resolved::External(path.into(), [].into()));
        if fresh || closed(path) {
            return Ok(());
        }
        let inner = if state { Kind::State } else { kind };
        for arg in args {
            match self.type_needs(module, arg, inner) {
                Ok(arg) => type_needs.join(arg),
                // The reason covers the whole type, and the audit found no lock in its arguments.
                Err(_) if read => {}
                Err(refusal) => return Err(refusal),
            }
        }
        Ok(())
    }
}

/// Returns `true` if the type gives out nothing of its arguments.
pub(super) fn closed(path: &str) -> bool {
    let name = path.rsplit("::").next().unwrap_or(path);
    (name.ends_with("Sender") && !path.contains("broadcast") && !path.contains("watch"))
        || matches!(name, "Trusted" | "Pool")
}

/// Returns `true` for `Option<extractor>` and similar types, which count as their contents.
fn is_wrapper(path: &str) -> bool {
    matches!(
        path.rsplit("::").next(),
        Some("Option" | "Result" | "Box" | "Arc" | "Cached" | "Html")
    )
}
