//! The attribute on something that is no function.

#[oserver::handler]
struct NotAFunction;

fn main() {
    let _ = NotAFunction;
}
