//! Where the last late request of a route hung.

use std::sync::Arc;
use std::time::Instant;

use oserver_tracer::Later;

use crate::sync::Mutex;

/// The last late request of a route whose stack was requested.
#[derive(Debug, Default)]
pub(crate) struct LastTimeout(Mutex<Option<LateRequest>>);

/// A late request.
#[derive(Clone, Debug)]
pub(crate) struct LateRequest {
    pub(crate) request_id: String,
    pub(crate) at: Instant,
    pub(crate) stack: Arc<Later>,
}

impl LastTimeout {
    /// Sets the last late request.
    pub(crate) fn set(&self, request_id: String, stack: Arc<Later>) {
        let last = LateRequest { request_id, at: Instant::now(), stack };
        *self.0.lock() = Some(last);
    }

    #[cfg(feature = "admin")]
    pub(crate) fn get(&self) -> Option<LateRequest> {
        self.0.lock().clone()
    }
}
