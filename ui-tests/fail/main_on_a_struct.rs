//! `#[oserver::main]` on something that is no function: the message was that of a parser.

#[oserver::main]
struct NotAFunction;

fn main() {
    let _ = NotAFunction;
}
