//! The locks of parking_lot, and of whatever else is made with lock_api. They know no poison: after a
//! panic the next one sees what the broken one left behind.

#[cfg(feature = "parking_lot-0_12")]
use parking_lot_012::lock_api as v04;
#[cfg(feature = "parking_lot-0_13")]
use parking_lot_013::lock_api as v05;

#[cfg(feature = "parking_lot-0_12")]
locks! {
    impl[R, T: ?Sized] for v04::Mutex<R, T>;
    impl[R, T: ?Sized] for v04::RwLock<R, T>;
    impl[R, G, T: ?Sized] for v04::ReentrantMutex<R, G, T>;
    impl['a, R: v04::RawMutex, T: ?Sized] for v04::MutexGuard<'a, R, T>;
    impl['a, R: v04::RawRwLock, T: ?Sized] for v04::RwLockReadGuard<'a, R, T>;
    impl['a, R: v04::RawRwLock, T: ?Sized] for v04::RwLockWriteGuard<'a, R, T>;
}

#[cfg(feature = "parking_lot-0_13")]
locks! {
    impl[R, T: ?Sized] for v05::Mutex<R, T>;
    impl[R, T: ?Sized] for v05::RwLock<R, T>;
    impl[R: v05::RawMutex, G, T: ?Sized] for v05::ReentrantMutex<R, G, T>;
    impl[C] for v05::Condvar<C>;
    impl['a, R: v05::RawMutex, T: ?Sized] for v05::MutexGuard<'a, R, T>;
    impl['a, R: v05::RawRwLock, T: ?Sized] for v05::RwLockReadGuard<'a, R, T>;
    impl['a, R: v05::RawRwLock, T: ?Sized] for v05::RwLockWriteGuard<'a, R, T>;
}

// After a panic in a `Once` every later call panics.
#[cfg(feature = "parking_lot-0_12")]
locks! {
    impl[] for parking_lot_012::Condvar;
    impl[] for parking_lot_012::Once;
}

#[cfg(feature = "parking_lot-0_13")]
locks! {
    impl[] for parking_lot_013::Once;
}
