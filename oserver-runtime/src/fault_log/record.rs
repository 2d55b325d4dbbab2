//! The form of a record: its fields, in the order in which they are written.

use std::fmt::Write as _;
use std::time::SystemTime;

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::clock;
use crate::fault_log::format::{self, Format, shown_to_people};
use crate::fault_log::headers::{Headers, shown};
use crate::fault_log::stage::Stage;
use crate::request::connection::ConnectionContext;
use crate::request::state::Call;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Level {
    #[default]
    Error,
    Warn,
}

impl Level {
    fn as_str(self) -> &'static str {
        match self {
            Self::Error => "ERROR",
            Self::Warn => "WARN",
        }
    }
}

/// One line of the log. Fields that are `None` are left out.
#[derive(Debug, Default)]
pub(crate) struct Record<'a> {
    pub(crate) level: Level,
    pub(crate) fault: &'static str,
    pub(crate) message: &'a str,
    /// The source location: `file:line:column`.
    pub(crate) location: Option<&'a str>,
    /// The thread that panicked outside of requests and actors.
    pub(crate) thread: Option<&'a str>,
    /// The part of the request: `handler`, `service`, `body`, `drop`.
    pub(crate) stage: Option<Stage>,
    pub(crate) handler: Option<String>,
    /// The actor of the fault.
    pub(crate) actor: Option<&'a str>,
    pub(crate) command: Option<&'a str>,
    /// The route of a record that is not of one request.
    pub(crate) route: Option<String>,
    pub(crate) call: Option<&'a Call>,
    pub(crate) connection: Option<&'a ConnectionContext>,
    pub(crate) suppressed: Option<u64>,
    /// Lines that did not get through.
    pub(crate) dropped: Option<u64>,
    /// Threads that are stuck past their deadlines, at this moment.
    pub(crate) abandoned: Option<usize>,
    pub(crate) request_id: Option<&'a str>,
    /// The activity of the thread that is blocked.
    pub(crate) activity: Option<&'a str>,
    pub(crate) backtrace: Option<&'a str>,
    /// Where the request hung, outermost first, one function a line.
    pub(crate) stack: Option<&'a str>,
}

impl<'a> Record<'a> {
    pub(crate) fn new(level: Level, fault: &'static str, message: &'a str) -> Self {
        Self { level, fault, message, ..Self::default() }
    }

    /// Returns the record as text for people or as JSON, as set for this process.
    pub(crate) fn line(&self) -> Vec<u8> {
        let mut line = match format::chosen() {
            Format::Human => self.for_people().into_bytes(),
            Format::Json => serde_json::to_vec(self).expect("strings and numbers are always JSON"),
        };
        line.push(b'\n');
        line
    }

    fn for_people(&self) -> String {
        let (level, message) = (self.level.as_str(), shown_to_people(self.message));
        let mut text = format!("{} {level:5} {}: {message}", now(), self.fault);
        if let Some(location) = self.location {
            _ = write!(text, " at {location}");
        }
        if let Some(activity) = self.activity {
            _ = write!(text, " (its thread {})", shown_to_people(activity));
        }
        if let Some(call) = self.call {
            let (method, path) = (&call.head.method, shown_to_people(call.head.path()));
            let (route, connection) = (call.route().label(), call.connection.id.get());
            _ = write!(text, " ({method} {path}, route {route}, request {}", call.id);
            _ = write!(text, ", connection {connection}, {:?})", call.elapsed());
            if let Some(trace) = call.trace_id() {
                _ = write!(text, " (trace {trace})");
            }
        }
        let route = self.route.as_deref();
        let named = [("thread", self.thread), ("route", route), ("request", self.request_id)];
        let actor = [("actor", self.actor), ("command", self.command)];
        for (name, value) in named.into_iter().chain(actor) {
            if let Some(value) = value {
                _ = write!(text, " ({name} {value})");
            }
        }
        if let Some(connection) = self.connection {
            _ = write!(text, " (connection {})", connection.id.get());
        }
        if let Some(abandoned) = self.abandoned {
            _ = write!(text, " ({abandoned} threads stuck)");
        }
        if let Some(call) = self.call {
            for (name, value) in call.head.headers() {
                _ = write!(text, "\n    {name}: {}", shown_to_people(&shown(name, value)));
            }
        }
        for lines in [self.backtrace, self.stack].into_iter().flatten() {
            for line in lines.lines() {
                _ = write!(text, "\n{}", shown_to_people(line));
            }
        }
        text
    }
}

impl Serialize for Record<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("timestamp", &now())?;
        map.serialize_entry("level", self.level.as_str())?;
        map.serialize_entry("target", "oserver")?;
        map.serialize_entry("fault", self.fault)?;
        map.serialize_entry("message", self.message)?;
        let texts = [
            ("location", self.location),
            ("thread", self.thread),
            ("stage", self.stage.map(Stage::as_str)),
            ("actor", self.actor),
            ("command", self.command),
            ("activity", self.activity),
        ];
        for (name, value) in texts {
            entry(&mut map, name, value)?;
        }
        if let Some(call) = self.call {
            entries_of_call(&mut map, call)?;
        }
        entry(&mut map, "route", self.route.as_ref())?;
        entry(&mut map, "handler", self.handler.as_ref())?;
        if let Some(call) = self.call {
            map.serialize_entry("method", call.head.method.as_str())?;
            map.serialize_entry("path", call.head.path())?;
            map.serialize_entry("headers", &Headers(&call.head))?;
            map.serialize_entry("elapsed_ms", &(call.elapsed().as_micros() as f64 / 1e3))?;
        }
        if let Some(connection) = self.connection {
            map.serialize_entry("connection_id", &connection.id.get())?;
            entry(&mut map, "client", connection.peer().map(|peer| peer.ip()))?;
        }
        entry(&mut map, "request_id", self.request_id)?;
        entry(&mut map, "suppressed", self.suppressed)?;
        entry(&mut map, "dropped", self.dropped)?;
        entry(&mut map, "abandoned", self.abandoned)?;
        entry(&mut map, "backtrace", self.backtrace)?;
        entry(&mut map, "stack", self.stack)?;
        map.end()
    }
}

/// Writes the fields that records and log lines of a request have in common.
pub(crate) fn entries_of_call<M: SerializeMap>(map: &mut M, call: &Call) -> Result<(), M::Error> {
    map.serialize_entry("request_id", &call.id.to_string())?;
    map.serialize_entry("connection_id", &call.connection.id.get())?;
    entry(map, "client", call.client())?;
    entry(map, "trace_id", call.trace_id())?;
    map.serialize_entry("route", &call.route().label())
}

/// Writes a field, if it has a value.
fn entry<M: SerializeMap>(
    map: &mut M,
    name: &str,
    value: Option<impl Serialize>,
) -> Result<(), M::Error> {
    value.map_or(Ok(()), |value| map.serialize_entry(name, &value))
}

pub(crate) fn now() -> String {
    clock::rfc3339(SystemTime::now())
}

#[cfg(test)]
mod tests;
