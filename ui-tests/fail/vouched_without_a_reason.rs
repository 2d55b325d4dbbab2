//! A reason for trust is in words that a person sees.

use std::sync::{Arc, Mutex};

use oserver::{HandlerParam, HandlerState};

#[derive(HandlerState)]
struct Parentheses {
    #[handler_state()]
    lock: Arc<Mutex<u32>>,
}

#[derive(HandlerState)]
struct Brackets(#[handler_state[]] Arc<Mutex<u32>>);

#[derive(HandlerState)]
struct Braces(#[handler_state {}] Arc<Mutex<u32>>);

#[derive(HandlerState)]
struct Conditional(#[cfg_attr(all(), handler_state())] Arc<Mutex<u32>>);

#[derive(HandlerState)]
enum Variants {
    One(#[handler_state()] Mutex<u32>),
    Two { #[handler_state(trusted = "\t \n")] lock: Mutex<u32> },
}

#[derive(HandlerParam)]
struct Extractor(#[handler_state()] Arc<Mutex<u32>>);

#[derive(HandlerState)]
struct ZeroWidth(#[handler_state(trusted = "\u{200b}\u{feff}\u{2060}")] Arc<Mutex<u32>>);

#[derive(HandlerState)]
struct Filler(#[handler_state(trusted = "\u{3164}\u{2800}")] Arc<Mutex<u32>>);

fn main() {}
