//! Metadata of an annotated handler: the only data that generated code hands to the runtime.

pub(crate) mod callsite;

use std::sync::OnceLock;
use std::time::Duration;

use tracing::Level;

use crate::meta::callsite::SpanCallsite;

/// Facts of one annotated handler, known when it was compiled. Built by `#[oserver::handler]`.
#[doc(hidden)]
#[derive(Debug)]
#[must_use]
pub struct HandlerMeta {
    /// The function's name.
    pub name: &'static str,
    /// `module_path!()` at the function.
    pub module: &'static str,
    /// `file!()` at the function.
    pub file: &'static str,
    /// `line!()` at the function.
    pub line: u32,
    /// `None`: the server's deadline holds.
    pub timeout: Option<Timeout>,
    /// Whether the handler runs to its end when its client has gone.
    pub finish_on_disconnect: bool,
    /// The name of its span: the function's, unless it was given another.
    pub span_name: &'static str,
    /// The level of its span.
    pub level: Level,
    /// The fields of the handler's span, in addition to the request's own fields.
    pub fields: &'static [&'static str],
    callsite: OnceLock<&'static SpanCallsite>,
}

impl HandlerMeta {
    /// Returns the function's path.
    pub(crate) fn path(&self) -> String {
        format!("{}::{}", self.module, self.name)
    }

    pub(crate) fn callsite(&'static self) -> &'static SpanCallsite {
        self.callsite.get_or_init(|| SpanCallsite::register(self))
    }

    /// Creates the metadata of an annotation without options. The other methods are its options, so an annotation
    /// costs only the options that it has.
    pub const fn new(
        name: &'static str,
        module: &'static str,
        file: &'static str,
        line: u32,
    ) -> Self {
        Self {
            name,
            module,
            file,
            line,
            timeout: None,
            finish_on_disconnect: false,
            span_name: name,
            level: Level::INFO,
            fields: &[],
            callsite: OnceLock::new(),
        }
    }

    pub const fn timeout(mut self, timeout: Timeout) -> Self {
        self.timeout = Some(timeout);
        self
    }

    pub const fn finish_on_disconnect(mut self) -> Self {
        self.finish_on_disconnect = true;
        self
    }

    pub const fn span_name(mut self, name: &'static str) -> Self {
        self.span_name = name;
        self
    }

    pub const fn level(mut self, level: Level) -> Self {
        self.level = level;
        self
    }

    pub const fn fields(mut self, fields: &'static [&'static str]) -> Self {
        self.fields = fields;
        self
    }
}

/// A handler's own deadline.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub enum Timeout {
    /// Counted from the request's head.
    Nanoseconds(u64),
    /// The handler may take as long as it likes.
    Never,
}

impl Timeout {
    pub(crate) fn limit(self) -> Option<Duration> {
        match self {
            Self::Nanoseconds(limit) => Some(Duration::from_nanos(limit)),
            Self::Never => None,
        }
    }
}
