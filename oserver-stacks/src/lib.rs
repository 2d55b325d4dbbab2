//! Finds out where a future awaits, on stable Rust: polls it once with a waker whose `clone` captures a backtrace.
//!
//! A future at the end of a chain of awaits keeps a clone of the waker that it was polled with, unless it has
//! that waker already. The waker of [`poll`] is one that no future has. Its `clone` is called with the whole
//! chain on the stack, and returns a clone of the caller's waker: wake-ups go the way that they always go.
//!
//! A future that keeps no waker ([`std::future::pending`]) is not found. One that polls only what was woken
//! (`FuturesUnordered`) is found, and nothing inside of it.
//!
//! This is the only crate of oserver with `unsafe` code. Its tests run under Miri:
//! `cargo +nightly miri test --package oserver-stacks`.

use std::backtrace::Backtrace;
use std::mem::ManuallyDrop;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, RawWaker, RawWakerVTable, Waker};

/// The most backtraces of one poll. A future that awaits a thousand others has a thousand clones.
pub const MOST: usize = 16;

/// The state that the captured clones share. It outlives the waker that points to it.
struct Probe {
    waker: Waker,
    seen: Mutex<Vec<Backtrace>>,
}

static TABLE: RawWakerVTable = RawWakerVTable::new(clone, wake_by_ref, wake_by_ref, drop_nothing);

/// Calls `work` with a context whose waker captures a backtrace, symbols not yet found, at each clone. Returns
/// what `work` returned and the backtraces. A clone is a clone of `waker`. In a backtrace, the frames before
/// the one of this function belong to the future.
///
/// Capturing takes a lock inside of std, which whoever finds symbols holds for as long as that takes.
#[inline(never)]
pub fn poll<R>(waker: &Waker, work: impl FnOnce(&mut Context<'_>) -> R) -> (R, Vec<Backtrace>) {
    let probe = Probe { waker: waker.clone(), seen: Mutex::new(Vec::new()) };
    #[expect(unsafe_code, reason = "`std::task::Wake` has no function that `clone` calls")]
    // SAFETY: the functions of the table keep to the contract of `RawWakerVTable`: they read the probe, which is
    // `Sync` and outlives this waker. `clone` makes a waker that does not point to the probe, and nobody else
    // can own this one: `Context` only lends it.
    let watched = unsafe { Waker::new((&raw const probe).cast(), &TABLE) };
    let result = work(&mut Context::from_waker(&watched));
    drop(watched);
    (result, probe.seen.into_inner().unwrap_or_else(PoisonError::into_inner))
}

#[expect(unsafe_code, reason = "the type of the functions in the table asks for it")]
/// # Safety
/// `data` is that of a waker of [`poll`] that still exists.
unsafe fn clone(data: *const ()) -> RawWaker {
    // SAFETY: as the caller promises; `poll` keeps the probe for longer than the waker.
    let probe = unsafe { &*data.cast::<Probe>() };
    let count = probe.seen.lock().unwrap_or_else(PoisonError::into_inner).len();
    if count < MOST {
        // Not under the lock: another thread may clone, too.
        let backtrace = Backtrace::force_capture();
        probe.seen.lock().unwrap_or_else(PoisonError::into_inner).push(backtrace);
    }
    // The new waker is the owner from here on.
    let own = ManuallyDrop::new(probe.waker.clone());
    RawWaker::new(own.data(), own.vtable())
}

#[expect(unsafe_code, reason = "the type of the functions in the table asks for it")]
/// # Safety
/// As [`clone`].
unsafe fn wake_by_ref(data: *const ()) {
    // SAFETY: as in `clone`. Nothing is freed, so this is right for `wake` as well.
    unsafe { &*data.cast::<Probe>() }.waker.wake_by_ref();
}

/// The waker owns nothing; its probe is a local variable of [`poll`].
#[expect(unsafe_code, reason = "the type of the functions in the table asks for it")]
unsafe fn drop_nothing(_: *const ()) {}
