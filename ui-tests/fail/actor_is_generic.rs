//! An actor of any type.

struct Cell<T>(T);

#[oserver::actor]
impl<T: Clone> Cell<T> {
    pub fn get(&self) -> T {
        self.0.clone()
    }
}

fn main() {
    let _ = Cell(1).get();
}
