//! Looks at a file that need no parser: what can be left out before parsing, what nests too deep, which
//! names a body mentions, and what comments allow.

mod allow;
mod mentions;
mod place;
mod scan;
mod skim;
mod words;

pub use allow::{Allow, allows};
pub use mentions::mentions;
pub use place::Place;
pub use skim::{Skim, skim};
