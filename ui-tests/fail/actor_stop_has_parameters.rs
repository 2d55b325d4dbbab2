//! A method for the end that asks for more.

#[derive(Default)]
struct Counter(u32);

#[oserver::actor(stop = close)]
impl Counter {
    pub fn good(&mut self) -> u32 {
        self.0
    }

    fn close(&mut self, _how: u32) {}
}

async fn use_it(counter: CounterHandle) {
    let _ = counter.good().await;
}

fn main() {
    let _ = (use_it, oserver::supervise(Counter::default));
}
