//! A stack that is ready to be shown, and the place where those who want it wait until it is.

use std::backtrace::Backtrace;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::chain::{self, Chain};
use super::frame;

/// Where something hangs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stack {
    /// The operation, as the rest of a sentence: "awaited `tokio::time::sleep::Sleep`".
    pub summary: String,
    /// Outermost first, one function a line; empty if nothing is known.
    pub text: String,
    /// The innermost place in the service's own code, as `file:line:column`.
    pub location: Option<String>,
}

impl Stack {
    /// Finds the symbols of the clones of a waker: each is the stack of one future that was waited for.
    #[must_use]
    pub fn of_awaits(clones: &[Backtrace]) -> Self {
        let mut chains: Vec<Chain> = Vec::new();
        for clone in clones {
            let chain = chain::of_awaits(&frame::parse(&clone.to_string()));
            // `join_all` of many has many of one kind.
            if !chains.contains(&chain) {
                chains.push(chain);
            }
        }
        let leaves: Vec<_> = chains.iter().filter_map(|chain| chain.leaf.as_deref()).collect();
        let summary = match (&leaves[..], clones.len()) {
            (_, 0) => {
                "awaited a future that keeps no waker, as `std::future::pending` does: its line \
                       is not known"
                    .to_owned()
            }
            ([], _) => "awaited something: the executable has no symbols to say what".to_owned(),
            ([leaf], _) => format!("awaited {leaf}"),
            (leaves, _) => format!("awaited one or all of {}", leaves.join(", ")),
        };
        let text = match &chains[..] {
            [only] => only.lines.join("\n"),
            all => {
                let branch = |(index, chain): (usize, &Chain)| {
                    let (number, of) = (index + 1, all.len());
                    format!("branch {number} of {of}:\n{}", chain.lines.join("\n"))
                };
                all.iter().enumerate().map(branch).collect::<Vec<_>>().join("\n")
            }
        };
        let location = chains.into_iter().find_map(|chain| chain.location);
        Self { summary, text, location }
    }

    /// The stack of a thread, innermost first.
    #[cfg(feature = "ptrace")]
    #[must_use]
    pub fn of_thread(frames: Vec<crate::RawFrame>) -> Self {
        let frames: Vec<_> = frames.into_iter().map(frame::Frame::from).collect();
        let Chain { lines, location, leaf } = chain::of_thread(&frames);
        let summary = match leaf {
            Some(leaf) => format!("was in {leaf}"),
            None => "ran code of the service".to_owned(),
        };
        Self { summary, text: lines.join("\n"), location }
    }
}

/// A stack that another thread finds the symbols of, or gives up to.
#[derive(Debug, Default)]
pub struct Later {
    known: Mutex<Option<Option<Arc<Stack>>>>,
    changed: Condvar,
}

impl Later {
    fn known(&self) -> MutexGuard<'_, Option<Option<Arc<Stack>>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets it, unless it is set. `None`: there will be no stack.
    pub fn set(&self, stack: Option<Arc<Stack>>) {
        self.known().get_or_insert(stack);
        self.changed.notify_all();
    }

    /// Waits for it, but no longer than this.
    pub fn wait(&self, limit: Duration) -> Option<Arc<Stack>> {
        let end = Instant::now() + limit;
        let mut known = self.known();
        while known.is_none() {
            let left = end.checked_duration_since(Instant::now()).filter(|left| !left.is_zero())?;
            known =
                self.changed.wait_timeout(known, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        known.clone().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_waits_is_told_or_gives_up() {
        let later = Arc::new(Later::default());
        assert_eq!(later.wait(Duration::from_millis(1)), None);
        let setting = Arc::clone(&later);
        let stack = Arc::new(Stack { text: "here".into(), ..Stack::default() });
        let known = Arc::clone(&stack);
        let thread = std::thread::spawn(move || setting.set(Some(known)));
        assert_eq!(later.wait(Duration::from_secs(30)), Some(Arc::clone(&stack)));
        thread.join().expect("it does not panic");
        later.set(None);
        assert_eq!(later.wait(Duration::ZERO), Some(stack), "the first word counts");
    }

    #[test]
    fn a_future_that_keeps_no_waker_is_said_to() {
        let stack = Stack::of_awaits(&[]);
        assert!(stack.summary.contains("keeps no waker"), "{}", stack.summary);
        assert_eq!((stack.text.as_str(), stack.location), ("", None));
    }

    #[test]
    fn branches_are_told_apart_and_twins_are_not() {
        let here = || Backtrace::force_capture();
        let one = here();
        let two = here();
        let stack = Stack::of_awaits(&[one, two]);
        assert!(!stack.text.contains("branch"), "{}", stack.text);
    }
}
