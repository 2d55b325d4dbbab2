//! A command that cannot go on on another thread.

#[derive(Default)]
struct Counter(u32);

#[oserver::actor]
impl Counter {
    pub fn good(&mut self) -> u32 {
        self.0
    }

    pub async fn bad(&mut self) {
        let here = std::rc::Rc::new(1);
        std::future::ready(()).await;
        self.0 = *here;
    }
}

async fn use_it(counter: CounterHandle) {
    let _ = counter.good().await;
}

fn main() {
    let _ = (use_it, oserver::supervise(Counter::default));
}
