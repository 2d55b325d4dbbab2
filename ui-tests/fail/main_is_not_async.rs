//! `#[oserver::main]` on a function without `async`.

#[oserver::main]
fn main() {}
