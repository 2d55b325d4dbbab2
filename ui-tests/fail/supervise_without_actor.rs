//! A type that has no attribute on its methods.

#[derive(Default)]
struct Counter(u32);

fn main() {
    let _ = Counter::default().0;
    oserver::supervise(Counter::default);
}
