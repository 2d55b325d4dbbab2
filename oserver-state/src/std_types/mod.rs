//! What the types of the standard library are.

mod containers;
mod locks;
mod os;
mod primitives;
mod sync;
