//! Metrics of the actors of one runtime, for exporters.

/// Actors of one label, which most have for themselves.
#[derive(Debug, Default)]
pub(crate) struct ActorMetrics {
    pub(crate) label: String,
    pub(crate) totals: ActorTotals,
    pub(crate) queued: u64,
    /// Threads that they hold past their deadlines.
    pub(crate) abandoned: u64,
    /// An actor of this name exists, and the state of each such actor exists.
    pub(crate) running: bool,
    pub(crate) over_budget: bool,
    pub(crate) actors: usize,
}

/// The totals of actors until now.
#[derive(Clone, Debug, Default)]
pub(crate) struct ActorTotals {
    pub(crate) restarts: u64,
    /// In the order of [`ACTOR_FAULTS`].
    pub(crate) faults: [u64; 3],
    /// In the order of [`CALLS`].
    pub(crate) calls: [u64; 4],
}

pub(crate) const ACTOR_FAULTS: [&str; 3] = ["panic", "overrun", "failed-start"];
pub(crate) const CALLS: [&str; 4] = ["answered", "restarted", "expired", "refused"];
