//! The form of a line.

use std::fmt::Write as _;
use std::sync::Arc;

use serde::Serializer as _;
use serde::ser::SerializeMap as _;
use serde_json::{Map, Value, json};
use tracing::Metadata;

use crate::fault_log::format::{self, Format, shown_to_people};
use crate::fault_log::record::{entries_of_call, now};
use crate::request::state::Call;

/// One event, with the spans around it.
pub(super) struct Line<'a> {
    pub(super) metadata: &'a Metadata<'a>,
    pub(super) fields: Map<String, Value>,
    /// Outermost first.
    pub(super) spans: Vec<Span>,
    pub(super) call: Option<Arc<Call>>,
}

/// A span of user code.
pub(super) struct Span {
    pub(super) name: &'static str,
    pub(super) fields: Map<String, Value>,
}

impl Line<'_> {
    pub(super) fn into_bytes(mut self) -> Vec<u8> {
        let message = match self.fields.remove("message") {
            Some(Value::String(message)) => message,
            Some(other) => other.to_string(),
            None => String::new(),
        };
        let mut line = match format::chosen() {
            Format::Human => self.for_people(&message).into_bytes(),
            Format::Json => self.to_json(&message).expect("strings and numbers are always JSON"),
        };
        line.push(b'\n');
        line
    }

    fn to_json(&self, message: &str) -> serde_json::Result<Vec<u8>> {
        let mut line = Vec::new();
        // Written in this order; a map of values would sort them.
        let mut writer = serde_json::Serializer::new(&mut line);
        let mut map = writer.serialize_map(None)?;
        map.serialize_entry("timestamp", &now())?;
        map.serialize_entry("level", self.metadata.level().as_str())?;
        map.serialize_entry("target", self.metadata.target())?;
        map.serialize_entry("message", message)?;
        if let Some(call) = &self.call {
            entries_of_call(&mut map, call)?;
        }
        if !self.fields.is_empty() {
            map.serialize_entry("fields", &self.fields)?;
        }
        if !self.spans.is_empty() {
            let spans = self.spans.iter();
            let spans = spans.map(|span| json!({ "name": span.name, "fields": span.fields }));
            map.serialize_entry("spans", &spans.collect::<Value>())?;
        }
        map.end()?;
        Ok(line)
    }

    fn for_people(&self, message: &str) -> String {
        let (level, target) = (self.metadata.level().as_str(), self.metadata.target());
        let mut line = format!("{} {level:5} {target}: {}", now(), shown_to_people(message));
        write_fields(&mut line, &self.fields);
        for span in &self.spans {
            _ = write!(line, " [{}", span.name);
            write_fields(&mut line, &span.fields);
            line.push(']');
        }
        if let Some(call) = &self.call {
            let (route, connection) = (call.route().label(), call.connection.id.get());
            _ = write!(line, " (route {route}, request {}, connection {connection})", call.id);
        }
        line
    }
}

fn write_fields(line: &mut String, fields: &Map<String, Value>) {
    for (name, value) in fields {
        _ = match value {
            Value::String(text) => write!(line, " {name}={}", shown_to_people(text)),
            other => write!(line, " {name}={other}"),
        };
    }
}
