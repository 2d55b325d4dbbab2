//! A pointer that is swapped in one step. Nobody waits for anybody, and a reader has its own reference.

use arc_swap::strategy::Strategy;
use arc_swap::{ArcSwapAny, Cache, Guard, RefCnt};

use crate::HandlerState;

state! {
    impl[T: HandlerState + RefCnt, S: Strategy<T>] for ArcSwapAny<T, S>;
    impl[T: HandlerState + RefCnt, S: Strategy<T>] for Guard<T, S>;
    impl[A: HandlerState, T: HandlerState] for Cache<A, T>;
}
