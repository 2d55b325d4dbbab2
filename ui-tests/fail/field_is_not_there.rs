//! A variable that no parameter brings: the compiler says it once, at the field.

#[oserver::handler(fields(%order_id))]
async fn bad() -> &'static str {
    "which?"
}

fn main() {
    let _ = bad();
}
