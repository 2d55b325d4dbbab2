//! Writes records; the form of a record does not depend on its destination.

use crate::fault_log::fault::PanicReport;
use crate::fault_log::rate_limit::Detail;
use crate::fault_log::record::Record;
use crate::fault_log::{background, sink};

impl Record<'_> {
    /// Writes the record to stderr. When this returns, it is written if stderr accepts it.
    pub(crate) fn write(&self) {
        #[cfg(feature = "admin")]
        crate::fault_log::recent::keep(self);
        sink::write(self.line());
    }

    /// Writes the record, or counts it if there are too many of `place`.
    pub(crate) fn write_limited(&self, place: &str) {
        if background::admit(self.level, self.fault, place) == Detail::Full {
            self.write();
        }
    }
}

impl PanicReport {
    /// Writes the panic as a record with the fields of `whose`, and its backtrace once the symbols are found.
    pub(crate) fn write(self, fault: &'static str, whose: Record<'_>) {
        let Self { message, location, frames } = self;
        let request_id = whose.call.map(|call| &call.id);
        Record { fault, message: &message, location: Some(&location), ..whose }
            .write_limited(&location);
        if let Some(frames) = frames {
            let request_id = request_id.map(ToString::to_string);
            background::write_backtrace(request_id, message, location, frames);
        }
    }
}
