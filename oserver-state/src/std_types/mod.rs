//! Declarations for the types of the standard library.

mod containers;
mod functions;
mod locks;
mod os;
mod primitives;
mod sync;
