//! A command that takes its actor away.

#[derive(Default)]
struct Counter(u32);

#[oserver::actor]
impl Counter {
    pub fn good(&mut self) -> u32 {
        self.0
    }

    pub fn bad(self) -> u32 {
        self.0
    }
}

async fn use_it(counter: CounterHandle) {
    let _ = counter.good().await;
}

fn main() {
    let _ = (use_it, oserver::supervise(Counter::default));
}
