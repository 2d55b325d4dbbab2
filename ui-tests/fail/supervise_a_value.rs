//! `supervise` takes what makes the actor, and not the actor.

#[derive(Default)]
struct Counter(u32);

#[oserver::actor]
impl Counter {
    pub fn get(&self) -> u32 {
        self.0
    }
}

fn main() {
    oserver::supervise(Counter::default());
}
