//! Each wrong option of the derive is told what to write.

use oserver::HandlerState;

#[derive(HandlerState)]
#[handler_state(trusted = "the whole type")]
struct Trusted(u32);

#[derive(HandlerState)]
#[handler_state(bound = "T HandlerState")]
struct Bound<T>(T);

#[derive(HandlerState)]
enum Variant {
    #[handler_state(trusted = "on the variant")]
    First(u32),
}

fn main() {}
