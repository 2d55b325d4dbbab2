//! A type that can be recorded neither as it is nor as text: the error is on the value.

struct Order;

#[oserver::handler(fields(order = Order, as_text = %Order))]
async fn bad() -> &'static str {
    "which?"
}

fn main() {
    let _ = bad();
}
