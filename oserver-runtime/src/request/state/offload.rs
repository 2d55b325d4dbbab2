//! A handler that may block: its poll belongs on an overflow thread.

use std::sync::atomic::Ordering;

use super::{Call, Placement};
use crate::admission::decision::AdmissionDecision;

impl Call {
    /// Returns `true` if this poll may block. If not, the request task moves the call to a thread where it
    /// may, once the poll has returned pending.
    pub(crate) fn may_block(&self) -> bool {
        if self.placement() == Placement::Elsewhere {
            return true;
        }
        self.progress.blocking.store(true, Ordering::Relaxed);
        self.set_decision(AdmissionDecision::Offload);
        false
    }

    /// Its handler is a function that may block: it has a thread for itself.
    pub(crate) fn is_blocking(&self) -> bool {
        self.progress.blocking.load(Ordering::Relaxed)
    }
}
