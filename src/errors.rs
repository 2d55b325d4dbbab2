//! Compiler messages about handlers and their state. Each message has a page with code that causes it, the reason, and
//! code that compiles.
//!
//! | message | page |
//! |---|---|
//! | ``  `…` is a lock `` | [`is_a_lock`] |
//! | ``  `…` is a lock ``, at a static in a handler's body | [`static_is_a_lock`] |
//! | ``  `…` may contain a lock ``, ``handlers cannot share `…` ``, ``a handler cannot take `…` `` | [`not_vouched_for`], at a static [`static_is_a_lock`] |
//! | ``type `…::handlers_cannot_take::ThisType<…>` is private ``, ``type `…::handlers_cannot_share::ThisState` is private `` | [`not_vouched_for`]: for a second use of a type, if its first use compiles |
//! | ``missing: `derive_handler_state` `` | [`implemented_by_hand`] |
//! | `trusted: the reason is empty`, `the reason is missing` | [`reason_is_missing`] |
//! | `a union does not say which of its fields it has` | [`union_is_no_state`] |
//!
//! The other names in this module appear in the messages. No code needs to write them.

pub use oserver_runtime::errors::*;

// The first definition of a link is the one that holds: the book's own lead to its files.
/// [state]: crate::state
#[doc = include_str!("../docs/errors/is_a_lock.md")]
pub mod is_a_lock {}

/// [is-a-lock]: crate::errors::is_a_lock
#[doc = include_str!("../docs/errors/static_is_a_lock.md")]
pub mod static_is_a_lock {}

/// [state]: crate::state
#[doc = include_str!("../docs/errors/not_vouched_for.md")]
pub mod not_vouched_for {}

#[doc = include_str!("../docs/errors/implemented_by_hand.md")]
pub mod implemented_by_hand {}

#[doc = include_str!("../docs/errors/reason_is_missing.md")]
pub mod reason_is_missing {}

#[doc = include_str!("../docs/errors/union_is_no_state.md")]
pub mod union_is_no_state {}
