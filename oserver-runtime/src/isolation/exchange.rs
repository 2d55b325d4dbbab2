//! Where a connection and its request task meet.
//!
//! A request task serves one request after the other, as long as its connection lives: a task of its
//! own for each request costs two thousand instructions more, most of them for its memory.
//!
//! Invariants: a job is taken once and answered at most once; an answer is taken once; whoever puts
//! something in wakes the other side afterwards, so nothing waits unseen.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::{Context, Poll, Waker};

use axum::extract::Request;

use super::response_body::ResponseBody;
use crate::request::call::Call;

pub(super) type Answer = http::Response<ResponseBody>;

/// Shared by one request task and the connection that it works for.
#[derive(Debug, Default)]
pub(crate) struct Exchange {
    /// Never held across anything but moves, and never by more than these two.
    meeting: Mutex<Meeting>,
    /// A task is one task for life, and so is its waker.
    task: OnceLock<Waker>,
}

#[derive(Debug, Default)]
struct Meeting {
    state: State,
    /// The connection will bring no more.
    closed: bool,
    connection: Option<Waker>,
}

#[derive(Debug, Default)]
enum State {
    #[default]
    Idle,
    Brought(Request, Arc<Call>),
    Running,
    Answered(Answer),
    /// The connection wants no answer any more; the task still has the job.
    Unwanted,
}

impl Exchange {
    /// One that has its answer from the beginning, and no task.
    pub(super) fn answered(answer: Answer) -> Self {
        let meeting = Meeting { state: State::Answered(answer), ..Meeting::default() };
        Self { meeting: Mutex::new(meeting), task: OnceLock::new() }
    }

    fn meet(&self) -> MutexGuard<'_, Meeting> {
        // Nothing under this lock can panic half-way.
        self.meeting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Connection: whether the task is without a job. Only the connection brings any, so it stays so.
    pub(super) fn is_idle(&self) -> bool {
        matches!(self.meet().state, State::Idle)
    }

    /// Connection: hands over a job to an idle task.
    pub(super) fn bring(&self, request: Request, call: &Arc<Call>) {
        let mut meeting = self.meet();
        debug_assert!(matches!(meeting.state, State::Idle), "the last job is not done");
        meeting.state = State::Brought(request, Arc::clone(call));
        drop(meeting);
        self.wake_task();
    }

    /// Connection: takes the answer.
    pub(super) fn poll_answer(&self, context: &mut Context<'_>) -> Poll<Answer> {
        let mut meeting = self.meet();
        match std::mem::replace(&mut meeting.state, State::Idle) {
            State::Answered(answer) => Poll::Ready(answer),
            other => {
                meeting.state = other;
                match &mut meeting.connection {
                    Some(waker) => waker.clone_from(context.waker()),
                    none => *none = Some(context.waker().clone()),
                }
                Poll::Pending
            }
        }
    }

    /// Connection: the answer is not wanted any more.
    pub(super) fn give_up(&self) {
        let mut meeting = self.meet();
        meeting.state = match std::mem::take(&mut meeting.state) {
            State::Running => State::Unwanted,
            // Not begun, or done: nobody is there to mind.
            State::Brought(..) | State::Answered(_) | State::Idle => State::Idle,
            State::Unwanted => State::Unwanted,
        };
        drop(meeting);
        self.wake_task();
    }

    /// Connection: there will be no further job.
    pub(super) fn close(&self) {
        self.meet().closed = true;
        self.wake_task();
    }

    fn wake_task(&self) {
        // Without a waker the task has not run yet, and it will look before it sleeps.
        if let Some(task) = self.task.get() {
            task.wake_by_ref();
        }
    }

    /// Task: takes a job, `None` when there will be no more. Wakes the task when one comes.
    pub(super) fn poll_job(&self, context: &mut Context<'_>) -> Poll<Option<(Request, Arc<Call>)>> {
        // Before the look: a job that is brought after it then finds the waker.
        self.task.get_or_init(|| context.waker().clone());
        let mut meeting = self.meet();
        match std::mem::replace(&mut meeting.state, State::Running) {
            State::Brought(request, call) => Poll::Ready(Some((request, call))),
            other => {
                meeting.state = other;
                if meeting.closed { Poll::Ready(None) } else { Poll::Pending }
            }
        }
    }

    /// Task: brings the answer. One that is not wanted is given back, to be dropped in peace.
    pub(super) fn answer(&self, answer: Answer) -> Option<Answer> {
        let mut meeting = self.meet();
        if !matches!(meeting.state, State::Running) {
            meeting.state = State::Idle;
            return Some(answer);
        }
        meeting.state = State::Answered(answer);
        drop(meeting);
        self.wake_connection();
        None
    }

    /// Task: has the connection look again.
    pub(super) fn wake_connection(&self) {
        let connection = self.meet().connection.take();
        if let Some(connection) = connection {
            connection.wake();
        }
    }
}
