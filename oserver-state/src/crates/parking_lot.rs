//! The locks of parking_lot, and all others that are made with lock_api.

#[cfg(feature = "parking_lot-0_12")]
use parking_lot_0_12::lock_api as lock_api_0_4;
#[cfg(feature = "parking_lot-0_13")]
use parking_lot_0_13::lock_api as lock_api_0_5;

#[cfg(feature = "parking_lot-0_12")]
locks! {
    /// No poison: after a panic, the next request sees half a change. The same holds for all locks that are made with `lock_api`.
    impl[R, T: ?Sized] for lock_api_0_4::Mutex<R, T>;
    impl[R, T: ?Sized] for lock_api_0_4::RwLock<R, T>;
    impl[R, G, T: ?Sized] for lock_api_0_4::ReentrantMutex<R, G, T>;
    impl['a, R: lock_api_0_4::RawMutex, T: ?Sized] for lock_api_0_4::MutexGuard<'a, R, T>;
    impl['a, R: lock_api_0_4::RawRwLock, T: ?Sized] for lock_api_0_4::RwLockReadGuard<'a, R, T>;
    impl['a, R: lock_api_0_4::RawRwLock, T: ?Sized] for lock_api_0_4::RwLockWriteGuard<'a, R, T>;
}

#[cfg(feature = "parking_lot-0_13")]
locks! {
    /// No poison: after a panic, the next request sees half a change. The same holds for all locks that are made with `lock_api`.
    impl[R, T: ?Sized] for lock_api_0_5::Mutex<R, T>;
    impl[R, T: ?Sized] for lock_api_0_5::RwLock<R, T>;
    impl[R: lock_api_0_5::RawMutex, G, T: ?Sized] for lock_api_0_5::ReentrantMutex<R, G, T>;
    impl[C] for lock_api_0_5::Condvar<C>;
    impl['a, R: lock_api_0_5::RawMutex, T: ?Sized] for lock_api_0_5::MutexGuard<'a, R, T>;
    impl['a, R: lock_api_0_5::RawRwLock, T: ?Sized] for lock_api_0_5::RwLockReadGuard<'a, R, T>;
    impl['a, R: lock_api_0_5::RawRwLock, T: ?Sized] for lock_api_0_5::RwLockWriteGuard<'a, R, T>;
}

#[cfg(feature = "parking_lot-0_12")]
locks! {
    /// As those of the standard library.
    impl[] for parking_lot_0_12::Condvar;
    impl[] for parking_lot_0_12::Once;
}

#[cfg(feature = "parking_lot-0_13")]
locks! {
    /// As that of the standard library.
    impl[] for parking_lot_0_13::Once;
}
