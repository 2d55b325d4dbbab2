//! Fields of events and spans.

use std::fmt;

use serde_json::{Map, Value};
use tracing::field::{Field, Visit};

use crate::fault_log::redact::{REDACTED, is_secret};
use crate::meta::callsite::OWN_FIELDS;

/// Fields by name, in JSON's types; secrets are left out.
#[derive(Debug, Default)]
pub(super) struct Fields {
    pub(super) map: Map<String, Value>,
    /// Leaves out the fields that every handler's span has: they are those of its request.
    pub(super) without_own: bool,
}

impl Fields {
    fn add<V: Into<Value>>(&mut self, field: &Field, value: impl FnOnce() -> V) {
        if self.without_own && OWN_FIELDS.contains(&field.name()) {
            return;
        }
        let value = if is_secret(field.name()) { REDACTED.into() } else { value().into() };
        self.map.insert(field.name().to_owned(), value);
    }
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.add(field, || value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.add(field, || value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.add(field, || value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.add(field, || value);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.add(field, || value);
    }

    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        self.add(field, || value.to_string());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.add(field, || format!("{value:?}"));
    }
}
