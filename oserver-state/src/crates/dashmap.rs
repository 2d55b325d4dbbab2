//! Maps of locks: a reference that a handler keeps is a guard, and every key of the same shard waits for
//! it. A second one in the same handler can be a deadlock.

use dashmap::{DashMap, DashSet, ReadOnlyView, mapref};

use crate::HandlerState;

locks! {
    impl[K, V, S] for DashMap<K, V, S>;
    impl[K, S] for DashSet<K, S>;
    impl['a, K, V] for mapref::one::Ref<'a, K, V>;
    impl['a, K, V] for mapref::one::RefMut<'a, K, V>;
}

// Nobody writes to it any more.
state! {
    impl[K: HandlerState, V: HandlerState, S: HandlerState] for ReadOnlyView<K, V, S>;
}
