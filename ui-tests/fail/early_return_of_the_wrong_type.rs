//! The error is on the value, as in a function without the attribute.

#[oserver::handler]
async fn bad(id: u32) -> String {
    if id == 0 {
        return 0;
    }
    id.to_string()
}

fn main() {
    let _ = bad(1);
}
