//! A type that a library shares under a lock is refused: in a service that has its type, whether or not the service's
//! data has it inside, and in the library when it derives.

use std::sync::Mutex;

use oserver::extract::State;
use ui_tests_library::{Cache, Client};

#[oserver::handler]
async fn unknown(_: State<Cache>) {}

#[oserver::handler]
async fn inside(_: State<Client<Mutex<u32>>>) {}

#[derive(oserver_state::HandlerState)]
struct OfALibrary {
    entries: Mutex<Vec<String>>,
}

fn main() {}
