//! `#[oserver::main]` on a function with parameters.

#[oserver::main]
async fn main(arguments: Vec<String>) {
    let _ = arguments;
}
