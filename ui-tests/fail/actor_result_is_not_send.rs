//! The result of a command goes to another thread.

use std::rc::Rc;

struct Counter(u32);

#[oserver::actor]
impl Counter {
    pub fn get(&self) -> Rc<u32> {
        Rc::new(self.0)
    }

    pub async fn get_later(&self) -> Result<Rc<u32>, String> {
        Ok(Rc::new(self.0))
    }
}

fn main() {
    oserver::supervise(|| Counter(0));
}
