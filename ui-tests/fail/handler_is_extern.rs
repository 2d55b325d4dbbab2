//! An `extern` function.

#[oserver::handler]
extern "C" fn bad() {}

fn main() {
    let _ = bad();
}
