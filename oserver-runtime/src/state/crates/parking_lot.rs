//! The locks of parking_lot, and of whatever else is made with lock_api. They know no poison: after a
//! panic the next one sees what the broken one left behind.

use parking_lot_012::lock_api as v04;
use parking_lot_013::lock_api as v05;

locks! {
    impl[R, T: ?Sized] for v04::Mutex<R, T>;
    impl[R, T: ?Sized] for v04::RwLock<R, T>;
    impl[R, G, T: ?Sized] for v04::ReentrantMutex<R, G, T>;
    impl['a, R: v04::RawMutex, T: ?Sized] for v04::MutexGuard<'a, R, T>;
    impl['a, R: v04::RawRwLock, T: ?Sized] for v04::RwLockReadGuard<'a, R, T>;
    impl['a, R: v04::RawRwLock, T: ?Sized] for v04::RwLockWriteGuard<'a, R, T>;
}

locks! {
    impl[R, T: ?Sized] for v05::Mutex<R, T>;
    impl[R, T: ?Sized] for v05::RwLock<R, T>;
    impl[R: v05::RawMutex, G, T: ?Sized] for v05::ReentrantMutex<R, G, T>;
    impl[C] for v05::Condvar<C>;
    impl['a, R: v05::RawMutex, T: ?Sized] for v05::MutexGuard<'a, R, T>;
    impl['a, R: v05::RawRwLock, T: ?Sized] for v05::RwLockReadGuard<'a, R, T>;
    impl['a, R: v05::RawRwLock, T: ?Sized] for v05::RwLockWriteGuard<'a, R, T>;
}

locks! {
    impl[] for parking_lot_012::Condvar;
    // After a panic in it every later call panics.
    impl[] for parking_lot_012::Once;
    impl[] for parking_lot_013::Once;
}
