//! An actor that nobody can ask.

#[derive(Default)]
struct Counter(u32);

#[oserver::actor]
impl Counter {
    fn get(&self) -> u32 {
        self.0
    }
}

fn main() {
    let _ = Counter::default().get();
}
