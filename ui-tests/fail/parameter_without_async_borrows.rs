//! A borrowed parameter somewhere in a type: the error is on the borrow.
#![deny(warnings)]

#[oserver::handler]
fn bad(name: Option<&str>) -> String {
    name.unwrap_or_default().to_owned()
}

fn main() {
    let _ = bad(Some("name"));
}
