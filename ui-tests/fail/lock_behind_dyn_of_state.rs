//! A trait that asks for `HandlerState` can only be implemented by what has it.

use std::sync::Mutex;

use oserver::HandlerState;

trait Repository: HandlerState {}

#[derive(HandlerState)]
struct InMemory {
    users: Mutex<Vec<String>>,
}

struct NotAsked(Mutex<Vec<String>>);

impl Repository for InMemory {}

impl Repository for NotAsked {}

fn main() {
    let _ = |locked: NotAsked| locked.0;
}
