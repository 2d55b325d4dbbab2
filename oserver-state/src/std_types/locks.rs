//! The locks of the standard library.

use std::cell::{Cell, Ref, RefCell, RefMut, UnsafeCell};
use std::sync;

locks! {
    /// Poison, or a wait without end.
    impl[T: ?Sized] for sync::Mutex<T>;
    impl[T: ?Sized] for sync::RwLock<T>;
    impl['a, T: ?Sized] for sync::MutexGuard<'a, T>;
    impl['a, T: ?Sized] for sync::RwLockReadGuard<'a, T>;
    impl['a, T: ?Sized] for sync::RwLockWriteGuard<'a, T>;
}

locks! {
    /// The threads that a thread waits for may never come.
    impl[] for sync::Condvar;
    impl[] for sync::Barrier;
}

locks! {
    /// After a panic in its closure, every later call panics.
    impl[] for sync::Once;
}

locks! {
    /// A borrow that a request never releases makes every later borrow panic.
    impl[T: ?Sized] for UnsafeCell<T>;
    impl[T: ?Sized] for Cell<T>;
    impl[T: ?Sized] for RefCell<T>;
    impl['a, T: ?Sized] for Ref<'a, T>;
    impl['a, T: ?Sized] for RefMut<'a, T>;
}

locks! {
    /// If the terminal or pipe has no reader, a write blocks while it holds the lock, and so does every later write.
    impl[] for std::io::Stdin;
    impl[] for std::io::Stdout;
    impl[] for std::io::Stderr;
}
