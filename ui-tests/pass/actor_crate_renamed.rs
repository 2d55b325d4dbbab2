//! The crate under another name.
#![deny(warnings, missing_docs, unreachable_code, clippy::pedantic)]
#![forbid(unsafe_code)]

use oserver as web;

#[derive(Default)]
struct Counter(u32);

#[web::actor(crate = web)]
impl Counter {
    pub(crate) fn add(&mut self) -> u32 {
        self.0 += 1;
        self.0
    }
}

#[web::main(crate = web)]
async fn main() {
    let counter = web::supervise(Counter::default);
    assert_eq!(counter.add().await, Ok(1));
}
