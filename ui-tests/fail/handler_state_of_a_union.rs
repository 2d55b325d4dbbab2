//! A union does not say what it contains.

use oserver::HandlerState;

#[derive(HandlerState)]
union Bits {
    number: u32,
    float: f32,
}

fn main() {}
