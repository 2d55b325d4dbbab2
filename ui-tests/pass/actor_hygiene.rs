//! Nothing that `#[oserver::actor]` generates meets the user's own names or lints.
#![no_implicit_prelude]
#![deny(warnings, missing_docs, unreachable_code, clippy::pedantic)]
#![allow(clippy::needless_pass_by_value, clippy::unused_self, clippy::unused_async, reason = "of the methods as they were written")]
#![forbid(unsafe_code)]
#![forbid(unused_variables, unused_mut, unused_braces, unused_must_use, unused_qualifications)]
#![forbid(let_underscore_drop, single_use_lifetimes, unused_lifetimes)]
#![deny(private_interfaces, private_bounds, dead_code, non_camel_case_types, non_local_definitions)]

use ::std::primitive::{str, u32};

/// Names that generated code might have used.
#[allow(dead_code, non_camel_case_types, reason = "none is used")]
mod taken {
    pub(super) struct Option;
    pub(super) struct Command;
    pub(super) struct Kind;
    pub(super) struct Result;
    pub(super) struct Clone;
    pub(super) mod core {}
    pub(super) mod std {}
}

#[allow(unused_imports, reason = "to have the names in scope")]
use taken::*;

/// More private than its actor's methods.
struct Job {
    number: u32,
}

struct Queue {
    last: u32,
}

#[::oserver::actor]
impl Queue {
    /// Keeps its documentation.
    pub(crate) fn push(&mut self, job: Job) -> u32 {
        self.last = job.number;
        self.last
    }

    pub(crate) async fn reply(&self, reply: u32, command: u32) -> u32 {
        reply + command
    }

    pub(crate) fn unused_by_callers(&self) -> &'static str {
        "unused"
    }
}

macro_rules! actor {
    ($name:ident, $value:ty, $method:ident) => {
        struct $name($value);

        #[::oserver::actor]
        impl $name {
            pub(crate) fn $method(&mut self, value: $value) -> $value {
                ::std::mem::replace(&mut self.0, value)
            }
        }
    };
}

actor!(Cell, u32, replace);

#[::oserver::main]
async fn main() -> ::oserver::Result<()> {
    let queue: QueueHandle = ::oserver::supervise(|| Queue { last: 0 });
    queue.push(Job { number: 1 }).await?;
    queue.reply(1, 2).await?;
    let cell: CellHandle = ::oserver::supervise(|| Cell(0));
    cell.replace(1).await?;
    ::std::result::Result::Ok(())
}
