//! A field is trusted with a reason only.

use std::sync::Mutex;

use oserver::HandlerState;

#[derive(HandlerState)]
struct App {
    #[handler_state(trusted = "")]
    empty: Mutex<u32>,
    #[handler_state(trusted = "  ")]
    blank: Mutex<u32>,
    #[handler_state(trusted)]
    missing: Mutex<u32>,
    #[handler_state(trusted = true)]
    no_text: Mutex<u32>,
    #[handler_state(trust = "no such option")]
    unknown: Mutex<u32>,
    #[handler_state]
    nothing: Mutex<u32>,
}

fn main() {}
