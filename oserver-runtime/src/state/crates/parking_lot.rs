//! The locks of parking_lot, and of whatever else is made with lock_api. They know no poison: after a
//! panic the next one sees what the broken one left behind.

use lock_api_04 as v04;
use lock_api_05 as v05;

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
