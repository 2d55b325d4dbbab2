//! An `unsafe fn`.

#[oserver::handler]
async unsafe fn bad() -> &'static str {
    "unsafe"
}

fn main() {
    let _ = bad();
}
