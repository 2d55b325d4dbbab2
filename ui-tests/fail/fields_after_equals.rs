//! `=` where parentheses belong.

#[oserver::handler(fields = "id")]
async fn bad(id: String) -> String {
    id
}

fn main() {
    let _ = bad(String::new());
}
