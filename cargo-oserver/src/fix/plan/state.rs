//! Types: which derive, which fields are trusted and why, which features know them.

use std::collections::BTreeSet;

use super::{Planner, Refusal};
use crate::dependencies::Verdict;
use crate::fix::change::{Action, Change, Reason};
use crate::fix::edits::Edit;
use crate::fix::tree::line_before;
use crate::fix::vouched::{Vouch, of_state_crate, vouch};
use crate::program::{Id, ModuleId, Resolved, TraitRef};
use crate::reach::Reach;
use crate::syntax::Field;

/// What a type is wanted as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Kind {
    /// Something that a handler takes.
    Param,
    /// Something that handlers share.
    State,
}

/// What a type needs.
#[derive(Clone, Debug, Default)]
pub(super) struct Judged {
    pub(super) needs: Vec<usize>,
    pub(super) features: BTreeSet<&'static str>,
    /// What was read of the types that nobody vouches for: the reasons to trust them.
    pub(super) trusted: Vec<String>,
    /// Type parameters that have to be something.
    pub(super) bounds: BTreeSet<(String, Kind)>,
}

impl Judged {
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
            "oserver does not know `{name}` ({why}): decide whether handlers may share it, and say so with `Trusted` or `#[handler_state(trusted = \"…\")]`"
        ),
    )
}

impl<'a> Planner<'_, 'a> {
    /// What a type needs, as seen from a module.
    pub(super) fn judge(
        &mut self,
        module: ModuleId,
        ty: &Resolved,
        kind: Kind,
    ) -> Result<Judged, Refusal> {
        let mut judged = Judged::default();
        match ty {
            Resolved::External(path, args) => {
                self.external(
                    module,
                    path.trim_start_matches('?'),
                    path.starts_with('?'),
                    args,
                    kind,
                    &mut judged,
                )?;
            }
            Resolved::Own(id, args) => match self.framework_path(*id) {
                Some(path) => self.external(module, &path, false, args, kind, &mut judged)?,
                None if !self.is_asked(*id) => {
                    self.inspect(*id, args, &mut Vec::new())?;
                    let name = &self.program.type_def(*id).name;
                    let package = self.program.package_name(id.module);
                    judged.trusted.push(format!("{package}::{name}: no lock in its sources"));
                }
                None => {
                    judged.needs.extend(self.want(*id, args, kind)?);
                    // What was put in for its parameters is asked at the handler.
                    for arg in args.iter() {
                        judged.join(self.judge(module, arg, Kind::State)?);
                    }
                }
            },
            Resolved::All(parts) => {
                for part in parts.iter() {
                    judged.join(self.judge(module, part, kind)?);
                }
            }
            Resolved::Fn => {}
            Resolved::Traits(traits) => {
                for of in traits.iter() {
                    self.of_trait(ty, of, &mut judged)?;
                }
            }
            Resolved::Param(name, traits) => {
                let own: Vec<&TraitRef> = traits.iter().filter(|of| of.id.is_some()).collect();
                for of in &own {
                    self.of_trait(ty, of, &mut judged)?;
                }
                if own.is_empty() {
                    judged.bounds.insert((name.to_string(), kind));
                }
            }
            // The compiler is asked.
            Resolved::Unknown if self.wishes.checked => {}
            Resolved::Unknown => return Err(unknown("_", "it could not be resolved")),
        }
        Ok(judged)
    }

    fn external(
        &mut self,
        module: ModuleId,
        path: &str,
        unresolved: bool,
        args: &[Resolved],
        kind: Kind,
        judged: &mut Judged,
    ) -> Result<(), Refusal> {
        if self.program.is_owner_handle(path) || path.rsplit("::").next() == Some("PhantomData") {
            return Ok(());
        }
        // Brought in by a macro, perhaps: the compiler is asked.
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
        let inner =
            if kind == Kind::Param && !state && !is_wrapper(path) { None } else { Some(()) };
        let mut read = false;
        let light = self.is_light(module);
        let feature_of = |feature: Option<&'static str>| match light {
            true => of_state_crate(feature, &name),
            false => feature,
        };
        match vouch(path, &name, version) {
            Vouch::State => judged.features.extend(feature_of(None)),
            Vouch::Feature(feature) => judged.features.extend(feature_of(Some(feature))),
            Vouch::Param(feature) if kind == Kind::Param => {
                judged.features.extend(feature_of(feature));
                return Ok(());
            }
            Vouch::Param(_) | Vouch::Unknown => match self.dependencies.verdict(&manifest, path) {
                Verdict::Clean(reason) => {
                    judged.trusted.push(reason);
                    read = true;
                }
                Verdict::Lock(chain) => {
                    return Err(unknown(path, &format!("a lock was found in it: {chain}")));
                }
                // A macro makes it, perhaps: the compiler is asked.
                Verdict::Missing(_) if self.wishes.checked => return Ok(()),
                Verdict::Unknown(why) | Verdict::Missing(why) => return Err(unknown(path, &why)),
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
            match self.judge(module, arg, inner) {
                Ok(arg) => judged.join(arg),
                // The reason to trust it is for the whole, and the audit found no lock in what was put in.
                Err(_) if read => {}
                Err(refusal) => return Err(refusal),
            }
        }
        Ok(())
    }

    fn is_asked(&self, id: Id) -> bool {
        self.program.sources.files[self.program.module(id.module).file as usize].asked
    }

    /// Looks into a type of a package that is read, but not edited.
    fn inspect(&mut self, id: Id, args: &[Resolved], seen: &mut Vec<Id>) -> Result<(), Refusal> {
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

    fn inspect_type(
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
                // Features and reasons are of no use there.
                let name = path.trim_start_matches('?');
                let shallow = [];
                let open = path.starts_with('?');
                self.external(module, name, open, &shallow, Kind::State, &mut Judged::default())?;
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
            Resolved::Param(..) | Resolved::Fn => Ok(()),
            Resolved::Unknown => Err(unknown("_", "it could not be resolved")),
        }
    }

    /// The path under which users have a type of a framework whose own sources are here.
    fn framework_path(&self, id: Id) -> Option<String> {
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

    /// The derive that makes a type of the workspace what is wanted; `None` if it has it.
    fn want(&mut self, id: Id, args: &[Resolved], kind: Kind) -> Result<Option<usize>, Refusal> {
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
        // One that contains itself is what the rest of it is.
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
        if !self.program.sources.files[file as usize].asked {
            return Err(unknown(&def.name, "it is of a package outside of what was asked for"));
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
            let ty = self.program.field_type(id, args, &field.ty);
            let judged = self.judge(id.module, &ty, kind)?;
            needs.extend(judged.needs);
            features.extend(judged.features);
            if !judged.trusted.is_empty() {
                let at = site.fields.iter().find(|site| site.place == field.place);
                let Some(at) = at.map(|at| at.at) else {
                    return Err(unknown(&field.ty.to_string(), "its field is written by a macro"));
                };
                needs.push(self.trust(id, field, at, &judged.trusted.join("; "), &source.text));
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

    /// What is behind `dyn Trait`, or put in for a parameter.
    fn of_trait(
        &mut self,
        ty: &Resolved,
        of: &TraitRef,
        judged: &mut Judged,
    ) -> Result<(), Refusal> {
        let Some(id) = of.id else {
            // A bound of another crate on a parameter is not about what it holds.
            return match ty {
                Resolved::Param(..) => Ok(()),
                _ if matches!(&*of.path, "Send" | "Sync") || of.path.contains("::marker::") => {
                    Ok(())
                }
                _ => Err(unknown(&format!("dyn {}", of.path), "any type can be behind it")),
            };
        };
        judged.needs.push(self.supertrait(id)?);
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
        if !self.program.sources.files[file as usize].asked {
            return Err(unknown(&name, "its trait is of a package outside of what was asked for"));
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
            let judged = self.judge(at, &ty, Kind::State)?;
            if let Some(reason) = judged.trusted.first() {
                return Err(unknown(&name, &format!("`{}` implements it: {reason}", of.for_type)));
            }
            needs.extend(judged.needs);
            features.extend(judged.features);
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

/// Whether nothing of its arguments can be got out of it.
fn closed(path: &str) -> bool {
    let name = path.rsplit("::").next().unwrap_or(path);
    (name.ends_with("Sender") && !path.contains("broadcast") && !path.contains("watch"))
        || matches!(name, "Trusted" | "Pool")
}

/// `Option<extractor>` and the like are what they contain.
fn is_wrapper(path: &str) -> bool {
    matches!(
        path.rsplit("::").next(),
        Some("Option" | "Result" | "Box" | "Arc" | "Cached" | "Html")
    )
}
