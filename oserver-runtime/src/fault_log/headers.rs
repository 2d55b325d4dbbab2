//! The headers of a request in a record, without secrets.

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::fault_log::redact::{self, REDACTED};
use crate::request::head::Head;

/// Headers as an object; a name that came several times has an array.
pub(super) struct Headers<'a>(pub(super) &'a Head);

impl Serialize for Headers<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        let mut all: Vec<_> = self.0.headers().collect();
        // Stable: values of one name keep their order.
        all.sort_by_key(|(name, _)| *name);
        for same in all.chunk_by(|(one, _), (other, _)| one == other) {
            let (name, _) = same[0];
            let values: Vec<_> = same.iter().map(|(_, value)| shown(name, value)).collect();
            match &values[..] {
                [value] => map.serialize_entry(name, value)?,
                values => map.serialize_entry(name, values)?,
            }
        }
        if self.0.omitted > 0 {
            map.serialize_entry("(omitted)", &self.0.omitted)?;
        }
        map.end()
    }
}

pub(super) fn shown<'a>(name: &str, value: &'a [u8]) -> std::borrow::Cow<'a, str> {
    if redact::is_secret_header(name) {
        return REDACTED.into();
    }
    let text = String::from_utf8_lossy(value);
    match redact::without_query(name, &text) {
        Some(rest) => format!("{rest}?{REDACTED}").into(),
        None => text,
    }
}
