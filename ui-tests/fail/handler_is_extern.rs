//! An `extern` function.
#![deny(warnings)]

#[oserver::handler]
extern "C" fn bad() {}

fn main() {
    let _ = bad();
}
