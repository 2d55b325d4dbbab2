//! Replies: the value that a sender inside of a message brings back to the sender of the message; and the arguments of a closure in the message.

use std::rc::Rc;

use crate::known::{self, Kind};
use crate::program::{Program, Resolved};
use crate::syntax::INPUT;

/// The limit of nested types.
const DEEPEST: u32 = 8;

/// Returns the lock that a reply brings, where the messages have these types.
pub(super) fn lock_of(program: &Program<'_>, messages: &[Resolved]) -> Option<Rc<str>> {
    messages.iter().find_map(|message| lock(program, message, false, DEEPEST))
}

/// Looks for a sender in the message, and for a lock in what that sends.
fn lock(program: &Program<'_>, ty: &Resolved, is_reply: bool, deepest: u32) -> Option<Rc<str>> {
    let deeper = deepest.checked_sub(1)?;
    match ty {
        Resolved::External(path, _) if is_reply && known::kind(path) == Kind::Lock => {
            Some(Rc::clone(path))
        }
        Resolved::External(path, args) => {
            let is_reply = is_reply || path.ends_with("Sender");
            args.iter().find_map(|arg| lock(program, arg, is_reply, deeper))
        }
        Resolved::Own(id, args) => {
            let fields =
                program.type_def(*id).fields.iter().filter(|field| field.trusted.is_none());
            fields
                .map(|field| program.field_type(*id, args, &field.ty))
                .find_map(|field| lock(program, &field, is_reply, deeper))
        }
        // `Box<dyn FnOnce(&Mutex<T>)>`
        Resolved::Traits(traits) => {
            let inputs =
                traits.iter().flat_map(|of| &*of.assoc).filter(|(name, _)| **name == *INPUT);
            inputs.map(|(_, input)| input).find_map(|input| lock(program, input, true, deeper))
        }
        // `fn(&Mutex<T>)`
        Resolved::Fn(inputs) => inputs.iter().find_map(|input| lock(program, input, true, deeper)),
        Resolved::All(parts) => parts.iter().find_map(|part| lock(program, part, is_reply, deeper)),
        _ => None,
    }
}
