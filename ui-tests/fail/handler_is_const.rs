//! A `const fn`.
#![deny(warnings)]

#[oserver::handler]
const fn bad() -> &'static str {
    "const"
}

fn main() {
    let _ = bad();
}
