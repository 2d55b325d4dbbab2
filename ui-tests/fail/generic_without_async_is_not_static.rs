//! An argument of a function without `async` goes to another thread, and has to live as long: said once.

#[oserver::handler]
fn bad<T: oserver::HandlerParam + Send>(value: T) -> &'static str {
    drop(value);
    "gone"
}

fn main() {
    let _ = bad(1);
}
