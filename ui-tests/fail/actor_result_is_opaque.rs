//! A command whose result has no name.

#[derive(Default)]
struct Counter(u32);

#[oserver::actor]
impl Counter {
    pub fn good(&mut self) -> u32 {
        self.0
    }

    pub fn bad(&self) -> impl Iterator<Item = u32> {
        0..self.0
    }
}

async fn use_it(counter: CounterHandle) {
    let _ = counter.good().await;
}

fn main() {
    let _ = (use_it, oserver::supervise(Counter::default));
}
