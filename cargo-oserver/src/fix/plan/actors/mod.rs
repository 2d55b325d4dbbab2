//! `--actors`: a struct around `Arc<Mutex<T>>` becomes the handle of an actor that has the `T`.

mod calls;
mod text;

use std::collections::{BTreeMap, BTreeSet};

use super::Planner;
use crate::fix::change::{Action, Change, Left, Reason};
use crate::fix::edits::Edit;
use crate::fix::tree::{WrapperSite, wrapper};
use crate::flow::Flow;
use crate::handlers::{Handler, Way};
use crate::program::Id;
use crate::syntax::Place;

/// A field with a lock, by its file and place.
pub(super) type Field = (u32, Place);

impl<'a> Planner<'_, 'a> {
    /// Makes the actors of the locks that handlers reach, where their shape is the simple one.
    pub(super) fn actors(&mut self, flow: &Flow<'_, '_, 'a>, found: &[Handler<'a>]) {
        let mut fields: BTreeSet<Field> = BTreeSet::new();
        let mut shared = fields.clone();
        for state in found.iter().flat_map(|handler| &handler.states) {
            let places = state.locks.iter().filter_map(|lock| lock.chain.last());
            let places: Vec<Field> = places.map(|step| (step.file, step.place)).collect();
            if !matches!(state.way, Way::Extensions(_)) {
                shared.extend(&places);
            }
            fields.extend(places);
        }
        let structs: BTreeMap<Field, (Id, Place)> = self.structs(&fields);
        for (field, (id, of)) in structs {
            if !self.program.sources.files[field.0 as usize].selected {
                continue;
            }
            let made = match shared.contains(&field) {
                true => self.actor(flow, found, field, id, of),
                false => Err("it comes from the extensions of a request, and each request may have its own: an actor for each request would be too many".to_owned()),
            };
            if let Err(why) = made {
                let def = self.program.type_def(id);
                self.plan.left.push(Left {
                    action: Action::Left,
                    reason: Reason::Lock,
                    handler: None,
                    file: self.path(field.0).to_owned(),
                    line: field.1.line,
                    message: format!("`--actors` leaves `{}` as it is: {why}", def.name),
                });
            }
        }
    }

    /// Returns the structs that the fields are of.
    fn structs(&self, fields: &BTreeSet<Field>) -> BTreeMap<Field, (Id, Place)> {
        let mut found = BTreeMap::new();
        for module in self.program.module_ids() {
            let types = &self.program.module(module).items.types;
            for (def, index) in types.iter().zip(0u32..) {
                for field in &def.fields {
                    let at = self.program.at(module, field.place);
                    if fields.contains(&at) {
                        found.entry(at).or_insert((Id { module, index }, def.place));
                    }
                }
            }
        }
        found
    }

    fn actor(
        &mut self,
        flow: &Flow<'_, '_, 'a>,
        found: &[Handler<'a>],
        field: Field,
        id: Id,
        of: Place,
    ) -> Result<(), String> {
        let source = self.source(field.0).ok_or("its file does not parse")?;
        let site = wrapper::read(&source.text, of, field.1)?;
        if site.tuple && !site.others.is_empty() {
            return Err("it has more than one field without a name".to_owned());
        }
        if site.public {
            self.is_used_alone(field.0, &site)?;
        }
        let module = id.module;
        let krate = self.krate(module);
        if self.is_light(module) {
            return Err("its package runs no server, so it has no runtime for an actor".to_owned());
        }
        let message = format!(
            "`{name}.{}`: the actor `{name}Actor` owns the value of the lock; a fault in the actor loses only that value",
            site.field,
            name = site.name,
        );
        let mut change = Change::new(Action::Actor, self.path(field.0), field.1.line, message);
        for edit in text::edits(&site, &source, &krate, self.renamed(module).as_deref()) {
            change.extents.push((change.file.clone(), edit.from..edit.to.max(edit.from + 1)));
            change = change.edit(edit);
        }
        let calls = self.calls(flow, found, field.0, &site)?;
        change.edits.extend(calls);
        change.names = site.methods.iter().map(|method| method.name.clone()).collect();
        change.names.push(site.name.clone());
        let number = self.add(module, change, BTreeSet::new());
        self.actors.insert(field, number);
        Ok(())
    }

    /// Checks that only methods of the struct name a field that is not private, and only its module makes values.
    fn is_used_alone(&self, own: u32, site: &WrapperSite) -> Result<(), String> {
        for (file, index) in self.program.sources.files.iter().zip(0u32..) {
            let Some(source) = self.source(index) else { continue };
            let elsewhere = index != own && is_made(&source.text, &site.name);
            if elsewhere || is_named(&source.text, &site.field, index == own) {
                return Err(format!(
                    "the field with the lock is not private, and {} uses it",
                    file.path.display()
                ));
            }
        }
        Ok(())
    }

    /// Returns the change that takes a lock away.
    pub(super) fn actor_of(&self, file: u32, place: Place) -> Option<usize> {
        self.actors.get(&(file, place)).copied()
    }

    /// Returns `true` if all locks of a handler are gone with the changes.
    pub(super) fn is_freed(&self, handler: &Handler<'a>) -> bool {
        let mut locks = handler.states.iter().flat_map(|state| &*state.locks);
        handler.statics.is_empty()
            && locks.all(|lock| {
                lock.chain.iter().any(|step| self.actor_of(step.file, step.place).is_some())
            })
    }
}

/// Returns `true` if a text names a field, other than of `self` in the file of its struct.
fn is_named(text: &str, field: &str, own: bool) -> bool {
    let word = |letter: char| letter.is_alphanumeric() || letter == '_';
    text.match_indices(field).any(|(at, _)| {
        let (before, after) = (text[..at].trim_end(), text[at + field.len()..].trim_start());
        let whole = !text[at + field.len()..].starts_with(word) && before.ends_with('.');
        let of_self = own && before.trim_end_matches('.').trim_end().ends_with("self");
        whole && !before.ends_with("..") && !after.starts_with('(') && !of_self
    })
}

/// Returns `true` if a text makes or takes apart values of a struct by its fields.
fn is_made(text: &str, name: &str) -> bool {
    let word = |letter: char| letter.is_alphanumeric() || letter == '_';
    text.match_indices(name).any(|(at, _)| {
        let before = text[..at].trim_end();
        let block = ["impl", "for", "struct", "->"].iter().any(|word| before.ends_with(word));
        !text[..at].ends_with(word)
            && text[at + name.len()..].trim_start().starts_with('{')
            && !block
    })
}

/// Returns the actor's name.
fn actor(site: &WrapperSite) -> String {
    format!("{}Actor", site.name)
}

/// Returns an insertion, or a replacement of existing code.
fn put(at: std::ops::Range<usize>, text: String) -> Edit {
    if at.is_empty() { Edit::insert(at.start, text) } else { Edit::replace(at, text) }
}
