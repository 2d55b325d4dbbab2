//! The parts of a request.

/// The part of a request in which a panic happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// The annotated function.
    Handler,
    /// All else before the response: middleware, extractors, a tower service, readiness.
    Service,
    /// A frame of the response's body.
    Body,
    /// The drop of a handler, a body, or the value that a panic carried.
    Drop,
    /// User code itself caught the panic.
    Caught,
}

impl Stage {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Handler => "handler",
            Self::Service => "service",
            Self::Body => "body",
            Self::Drop => "drop",
            Self::Caught => "caught",
        }
    }
}
