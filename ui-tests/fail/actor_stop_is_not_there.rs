//! A method for the end that there is not.

#[derive(Default)]
struct Counter(u32);

#[oserver::actor(stop = close)]
impl Counter {
    pub fn good(&mut self) -> u32 {
        self.0
    }


}

async fn use_it(counter: CounterHandle) {
    let _ = counter.good().await;
}

fn main() {
    let _ = (use_it, oserver::supervise(Counter::default));
}
