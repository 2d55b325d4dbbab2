//! The attribute on the methods of a trait.

#[derive(Default)]
struct Counter(u32);

#[oserver::actor]
impl Clone for Counter {
    fn clone(&self) -> Self {
        Self(self.0)
    }
}

fn main() {
    let _ = Counter::default().clone();
}
