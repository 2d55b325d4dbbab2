//! The locks of the standard library.

use std::cell::{Cell, Ref, RefCell, RefMut, UnsafeCell};
use std::sync;

locks! {
    impl[T: ?Sized] for sync::Mutex<T>;
    impl[T: ?Sized] for sync::RwLock<T>;
    impl['a, T: ?Sized] for sync::MutexGuard<'a, T>;
    impl['a, T: ?Sized] for sync::RwLockReadGuard<'a, T>;
    impl['a, T: ?Sized] for sync::RwLockWriteGuard<'a, T>;
    impl[] for sync::Condvar;
    impl[] for sync::Barrier;
    // After a panic in it every later call panics.
    impl[] for sync::Once;
}

// One thread at a time changes them; around that stands a lock, or they are none for a handler.
locks! {
    impl[T: ?Sized] for UnsafeCell<T>;
    impl[T: ?Sized] for Cell<T>;
    impl[T: ?Sized] for RefCell<T>;
    impl['a, T: ?Sized] for Ref<'a, T>;
    impl['a, T: ?Sized] for RefMut<'a, T>;
}

// Behind a lock: whoever writes to a reader that has stopped reading keeps everybody else out.
locks! {
    impl[] for std::io::Stdin;
    impl[] for std::io::Stdout;
    impl[] for std::io::Stderr;
}
