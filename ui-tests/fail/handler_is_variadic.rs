//! A function with any number of parameters.

#[oserver::handler]
fn bad(_first: u32, _: ...) -> &'static str {
    "how many?"
}

fn main() {
    let _ = bad(1);
}
