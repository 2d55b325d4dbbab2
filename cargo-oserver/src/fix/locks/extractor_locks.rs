//! Locks that an extractor takes: their fields, which no state of the handler shows.

use super::takers::Look;
use crate::flow::visit;
use crate::program::{Program, Resolved};
use crate::reach::{Lock, Step};
use crate::syntax::Place;

/// The place of a field, and its text: `Store.records: Mutex<Vec<Record>>`.
pub(super) type Field = ((u32, Place), String);

/// Returns the step at which the lock is taken, if no field shows the lock.
pub(super) fn is_taken(lock: &Lock) -> Option<&Step> {
    lock.chain.last().filter(|step| step.what.starts_with("takes a `"))
}

/// Returns the field whose lock is taken at a place.
pub(super) fn field(program: &Program<'_>, file: u32, place: Place) -> Option<Field> {
    let functions =
        program.functions.iter().filter(|function| program.module(function.module).file == file);
    for function in functions {
        let mut look = Look { found: Vec::new() };
        visit(program, function, &mut look);
        let at = |take: &Place| program.at(function.module, *take).1;
        let Some(take) = look.found.iter().find(|take| at(&take.place) == place) else { continue };
        let owner = own(take.owner.as_ref()?)?;
        let def = program.type_def(owner);
        let field = def.fields.iter().find(|field| *field.name == *take.field)?;
        let what = format!("{}.{}: {}", def.name, field.name, field.ty);
        return Some((program.at(owner.module, field.place), what));
    }
    None
}

/// The type of the sources behind pointers.
fn own(ty: &Resolved) -> Option<crate::program::Id> {
    match ty {
        Resolved::Own(id, _) => Some(*id),
        Resolved::External(_, args) => args.first().and_then(own),
        _ => None,
    }
}
