//! A `const fn`.

#[oserver::handler]
const fn bad() -> &'static str {
    "const"
}

fn main() {
    let _ = bad();
}
