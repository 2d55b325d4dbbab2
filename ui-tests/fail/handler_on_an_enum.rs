//! The attribute on a type: it says where it goes, and the type is still there.

#[oserver::handler]
enum NotAFunction {
    Variant,
}

fn main() {
    let NotAFunction::Variant = NotAFunction::Variant;
}
