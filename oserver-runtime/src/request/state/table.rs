//! States of a call that one side sets for another to act on.

use crate::health::route_table::RouteIndex;

/// No deadline, in nanoseconds.
pub(super) const NEVER: u64 = u64::MAX;
/// No route is known yet.
pub(super) const UNROUTED: u32 = u32::MAX;

/// The place of a call's poll.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Placement {
    /// Nowhere, or on a thread that is no worker.
    Elsewhere,
    /// A worker, before the route is known.
    Worker,
    /// A worker, with one of the shares of its route.
    Share(RouteIndex),
}

/// Whether the connection answers in place of the request task, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Overdue {
    /// The connection need not answer yet.
    No,
    /// The connection has the request task's answer, which is sent in any case.
    Answered,
    /// The call blocks its thread, and that is being recorded: it will be `Blocked` in a moment.
    BeingRecorded,
    /// The call blocks its thread. That was recorded; the side that answers is not decided yet.
    Blocked,
    /// The call blocked its thread, and its connection answers.
    ByConnection,
    /// The call blocks the task of its connection, which is answered out of band and over.
    OutOfBand,
    /// The call found no thread by its deadline.
    Waited,
    /// The call will find no thread.
    Refused,
}

/// The cause of the timeout of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum TimeoutCause {
    /// It was not answered by its deadline.
    Late,
    /// Its body stopped arriving.
    Stalled,
    /// It blocks its thread.
    Blocked,
}

/// [`Placement`] as a number; all others are route entries.
const ELSEWHERE: u32 = u32::MAX;
const WORKER: u32 = u32::MAX - 1;

impl Placement {
    pub(crate) fn to_number(self) -> u32 {
        match self {
            Self::Elsewhere => ELSEWHERE,
            Self::Worker => WORKER,
            Self::Share(route) => route.0,
        }
    }

    pub(crate) fn of_number(number: u32) -> Self {
        match number {
            ELSEWHERE => Self::Elsewhere,
            WORKER => Self::Worker,
            route => Self::Share(RouteIndex(route)),
        }
    }
}

impl Overdue {
    /// In the order of their numbers.
    pub(super) const ALL: [Self; 8] = [
        Self::No,
        Self::Answered,
        Self::BeingRecorded,
        Self::Blocked,
        Self::ByConnection,
        Self::OutOfBand,
        Self::Waited,
        Self::Refused,
    ];
}

impl TimeoutCause {
    /// In the order of their numbers.
    pub(super) const ALL: [Self; 3] = [Self::Late, Self::Stalled, Self::Blocked];
}
