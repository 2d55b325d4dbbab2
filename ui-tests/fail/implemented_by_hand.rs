//! Only the derive can say that a type is clean, for each field is asked by it.

use std::sync::Mutex;

use oserver::{HandlerParam, HandlerState};

struct Locked(Mutex<u32>);

impl HandlerParam for Locked {}

impl HandlerState for Locked {}

trait Repository {}

impl HandlerParam for dyn Repository {}

impl HandlerState for dyn Repository {}

fn main() {
    let _ = |locked: Locked| locked.0;
}
