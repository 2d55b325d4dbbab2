//! The decision of admission about a poll, for every caller.

/// The decision about a poll.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum AdmissionDecision {
    /// The poll runs here.
    #[default]
    Run,
    /// The poll waits: all permits are in use, and one may be free in a moment.
    Wait,
    /// The poll runs on an overflow thread.
    Offload,
    /// The request is answered with 503: the route's circuit breaker is open, or no thread is free.
    Reject,
}

impl AdmissionDecision {
    /// In the order of their numbers.
    pub(crate) const ALL: [Self; 4] = [Self::Run, Self::Wait, Self::Offload, Self::Reject];
}
