//! An option that another macro of that name has: the message spoke of fields.

#[oserver::main(flavor = "multi_thread")]
async fn main() {}
