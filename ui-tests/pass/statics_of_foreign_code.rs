//! Statics that may only be read by value, or in `unsafe`; and what a statement allows holds for its question.
#![deny(warnings, missing_docs, unreachable_code, clippy::pedantic)]
#![allow(unsafe_code, reason = "that is the point")]

static mut COUNT: u32 = 0;
static mut TABLE: [u32; 2] = [0; 2];

#[deprecated]
static OLD: &str = "old";

#[oserver::handler]
async fn by_value(body: String) -> String {
    // SAFETY: written before the first thread starts.
    let count = unsafe { COUNT.count_ones() };
    // SAFETY: as above.
    let first = unsafe { TABLE[0] };
    // SAFETY: as above.
    format!("{body}{count}{first}{}", unsafe { COUNT.leading_zeros() })
}

#[oserver::handler]
async fn allowed() -> String {
    #[allow(deprecated, reason = "for the test")]
    let old = OLD.len();
    #[expect(deprecated, reason = "for the test")]
    let older = OLD.len();
    (old + older).to_string()
}

fn main() {
    let _: oserver::Router =
        oserver::Router::new().route("/", oserver::routing::get(by_value).post(allowed));
}
