//! A chain of aliases and a re-export are followed; so is an alias of the extractor.

use oserver::extract::State;

mod db {
    pub use std::sync::Mutex as Cell;

    pub type Table = Cell<Vec<u32>>;
    pub type Db = std::sync::Arc<Table>;
}

type Shared = State<db::Db>;

#[oserver::handler]
async fn bad(db: Shared) -> String {
    format!("{db:?}")
}

fn main() {}
