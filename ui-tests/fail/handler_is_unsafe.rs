//! An `unsafe fn`.
#![deny(warnings)]

#[oserver::handler]
async unsafe fn bad() -> &'static str {
    "unsafe"
}

fn main() {
    let _ = unsafe { bad() };
}
