//! A field that is given twice.

#[oserver::handler(fields(%id, id = 5))]
async fn bad(id: String) -> String {
    id
}

fn main() {
    let _ = bad(String::new());
}
