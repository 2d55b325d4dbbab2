//! The systems on which a thread has no priority of its own.

use std::num::NonZeroI32;

use super::Priority;

#[derive(Clone, Copy, Debug)]
pub(crate) struct ThreadId;

impl ThreadId {
    pub(crate) fn kernel(self) -> Option<NonZeroI32> {
        None
    }
}

pub(crate) fn thread_id() -> ThreadId {
    ThreadId
}

pub(crate) fn lower(_: ThreadId, _: Priority) {}

pub(crate) fn is_low() -> bool {
    false
}
