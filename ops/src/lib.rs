//! The operations pack is files; this package is there for their tests.
