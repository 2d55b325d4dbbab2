//! What the types of the standard library are.

mod containers;
mod functions;
mod locks;
mod os;
mod primitives;
mod sync;
