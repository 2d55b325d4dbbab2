//! The attribute on something that has no word of its own.

#[oserver::handler]
const NOT_A_FUNCTION: u8 = 1;

fn main() {
    let _ = NOT_A_FUNCTION;
}
