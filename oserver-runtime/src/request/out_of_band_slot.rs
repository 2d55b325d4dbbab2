//! The substitute of a connection's task while a handler blocks that task.

use std::sync::{Arc, OnceLock, Weak};

use tokio::runtime::Handle;

use crate::request::state::Call;

/// Acts for the task of a connection while a handler blocks that.
pub(crate) trait OutOfBand: Send + Sync {
    /// Answers `call`, and ends the connection with that, unless the task has come back.
    fn answer(self: Arc<Self>, call: Arc<Call>, runtime: &Handle);

    /// Ends the connection.
    fn cut_off(&self);
}

/// The [`OutOfBand`] of a connection, if it has one. It lives as long as the connection.
#[derive(Debug, Default)]
pub(crate) struct OutOfBandSlot(OnceLock<Weak<dyn OutOfBand>>);

impl OutOfBandSlot {
    pub(crate) fn set(&self, out_of_band: Weak<dyn OutOfBand>) {
        self.0.get_or_init(|| out_of_band);
    }

    pub(crate) fn is_set(&self) -> bool {
        self.0.get().is_some()
    }

    fn get(&self) -> Option<Arc<dyn OutOfBand>> {
        self.0.get()?.upgrade()
    }

    /// As [`OutOfBand::answer`].
    pub(crate) fn answer(&self, call: &Arc<Call>, runtime: &Handle) {
        if let Some(out_of_band) = self.get() {
            out_of_band.answer(Arc::clone(call), runtime);
        }
    }

    /// As [`OutOfBand::cut_off`].
    pub(crate) fn cut_off(&self) {
        if let Some(out_of_band) = self.get() {
            out_of_band.cut_off();
        }
    }
}
