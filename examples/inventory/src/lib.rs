//! The chapter of the book that migrates a database, compiled by the tests of this package.

/// The code of the chapter.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/migration.md")]
struct Migration;
