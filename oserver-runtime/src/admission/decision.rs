//! The decision of admission about a poll, for every caller.

/// The decision about a poll.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum AdmissionDecision {
    /// It runs where it is.
    #[default]
    Run,
    /// It waits: all permits are in use, and may be free in a moment.
    Wait,
    /// It runs on an overflow thread.
    Offload,
    /// It is answered with 503: the route's circuit breaker is open, or there is no thread.
    Reject,
}

impl AdmissionDecision {
    /// In the order of their numbers.
    pub(crate) const ALL: [Self; 4] = [Self::Run, Self::Wait, Self::Offload, Self::Reject];
}
