//! The attribute on the type, and not on its methods.

#[oserver::actor]
struct Counter(u32);

fn main() {
    let _ = Counter(0).0;
}
