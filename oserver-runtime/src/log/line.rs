//! The form of a line.

use std::fmt::Write as _;
use std::sync::Arc;

use serde_json::{Map, Value, json};
use tracing::Metadata;

use crate::fault_log::format::shown_to_people;
use crate::fault_log::format::{self, Format};
use crate::fault_log::record::now;
use crate::request::state::Call;

/// One event, with what is around it.
pub(super) struct Line<'a> {
    pub(super) metadata: &'a Metadata<'a>,
    pub(super) fields: Map<String, Value>,
    /// From the outermost inwards.
    pub(super) spans: Vec<Span>,
    pub(super) call: Option<Arc<Call>>,
}

/// A span of the user's own.
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
            Format::Human => self.for_people(&message),
            Format::Json => self.into_json(&message),
        };
        line.push('\n');
        line.into_bytes()
    }

    fn into_json(self, message: &str) -> String {
        // Written in this order; a map would sort them.
        let mut line = String::from("{");
        let mut add = |name: &str, value: Value| {
            let comma = if line.len() > 1 { "," } else { "" };
            _ = write!(line, "{comma}{}:{value}", Value::from(name));
        };
        add("timestamp", now().into());
        add("level", self.metadata.level().as_str().into());
        add("target", self.metadata.target().into());
        add("message", message.into());
        if let Some(call) = &self.call {
            add("request_id", call.id.to_string().into());
            add("connection_id", call.connection.id.get().into());
            if let Some(client) = call.client() {
                add("client", client.to_string().into());
            }
            add("route", call.route().label().into());
        }
        if !self.fields.is_empty() {
            add("fields", self.fields.into());
        }
        if !self.spans.is_empty() {
            let spans = self.spans.into_iter();
            let spans = spans.map(|span| json!({ "name": span.name, "fields": span.fields }));
            add("spans", spans.collect());
        }
        line.push('}');
        line
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
