//! `log` takes true or false, and the function stays what it is.

#[oserver::main(log = "off")]
async fn main() {}
