//! State that one task owns: what a user moves to when the compiler refuses the lock.
//!
//! | file | what it does |
//! |---|---|
//! | `traits` | what `#[oserver::actor]` makes of a type |
//! | `handle` | the callers' side: a call, from its begin to its answer |
//! | `answer` | where a caller and the actor meet, once a command |
//! | `mailbox` | where commands wait, and where the actor is between two polls |
//! | `work` | one life of an actor: started, served, stopped |
//! | `keeper` | what begins and ends those lives |
//! | `life` | one of those lives, as those see it who wake it and who judge it |
//! | `burial` | the drop of what is left of it |
//! | `driver` | the task that polls, under admission |
//! | `budget` | how often an actor may be restarted, and how soon |
//! | `supervisor` | the options, and the begin |
//! | `factory` | what an actor is made by |
//! | `error` | what a caller is told instead of an answer |
//! | `snapshot` | what an actor publishes, to be read without it |

mod answer;
mod budget;
mod burial;
mod driver;
pub(crate) mod error;
pub(crate) mod factory;
pub(crate) mod handle;
mod keeper;
mod life;
mod mailbox;
pub(crate) mod snapshot;
pub(crate) mod supervisor;
pub(crate) mod traits;
mod work;
