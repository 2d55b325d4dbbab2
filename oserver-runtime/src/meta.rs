//! What an annotation says of its handler: the only data that generated code hands to the runtime.

use std::time::Duration;

/// Facts of one annotated handler, known when it was compiled. Built by `#[oserver::handler]`.
#[doc(hidden)]
#[derive(Debug)]
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
}

/// A handler's own deadline.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub enum Timeout {
    /// From the request's head on.
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
