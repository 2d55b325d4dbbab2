//! Looks at a file that need no parser: what can be left out before parsing, what nests too deep, and what
//! comments allow.

mod allow;
mod name;
mod place;
mod scan;
mod server_words;
mod skim;

pub use allow::{Allow, allows};
pub use name::Name;
pub use place::Place;
pub use skim::{Bodies, Skim, skim};
