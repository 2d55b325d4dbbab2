//! `?` on an error that does not convert: one error, at the `?`.

#[oserver::handler]
async fn bad() -> Result<String, String> {
    let number: u8 = "1".parse()?;
    Ok(number.to_string())
}

fn main() {
    let _ = bad();
}
