//! Writes records, whose form does not know where they go.

use crate::fault_log::record::Record;
use crate::fault_log::sink;

impl Record<'_> {
    /// Writes the record to stderr: when this returns, what can be written is.
    pub(crate) fn write(&self) {
        #[cfg(feature = "admin")]
        crate::fault_log::recent::keep(self);
        sink::write(self.line());
    }
}
