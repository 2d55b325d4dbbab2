//! One error a field, at its type: of structs, of tuples, of the variants of an enum, and of what they
//! contain.

use std::sync::Mutex;

use oserver::HandlerState;

#[derive(HandlerState)]
struct Named {
    fine: u32,
    count: Mutex<u32>,
}

#[derive(HandlerState)]
struct Tuple(u32, Mutex<u32>);

#[derive(HandlerState)]
enum Either {
    Left(Mutex<u32>),
    Right { fine: String, count: Option<Mutex<u32>> },
    Neither,
}

// The fields of `Outer` cause no second error.
#[derive(HandlerState)]
struct Outer {
    named: Named,
}

fn main() {}
