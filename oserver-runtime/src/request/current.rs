//! The request that this thread works for at this moment.
//!
//! It is set for the length of one poll, so it holds for the code of the request itself, and not for tasks that this
//! code spawns.

use std::cell::RefCell;
use std::sync::Arc;

use crate::request::state::Call;

thread_local! {
    static CURRENT: RefCell<Option<Arc<Call>>> = const { RefCell::new(None) };
}

/// Marks the thread as working for a request until dropped; then the previous mark holds again.
pub(crate) struct Entered {
    previous: Option<Arc<Call>>,
}

pub(crate) fn enter(call: &Arc<Call>) -> Entered {
    Entered { previous: CURRENT.replace(Some(Arc::clone(call))) }
}

impl Drop for Entered {
    fn drop(&mut self) {
        // Not dropped in place: the last reference to a call would be dropped inside of the borrow.
        drop(CURRENT.replace(self.previous.take()));
    }
}

/// Looks at the current request; `None` outside of one, and while a thread is going away.
pub(crate) fn with<R>(look: impl FnOnce(&Arc<Call>) -> R) -> Option<R> {
    CURRENT
        .try_with(|current| current.try_borrow().ok().and_then(|call| call.as_ref().map(look)))
        .ok()
        .flatten()
}

/// Returns the current request, to keep.
pub(crate) fn get() -> Option<Arc<Call>> {
    with(Arc::clone)
}
