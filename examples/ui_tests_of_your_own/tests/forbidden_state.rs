//! What must not compile, does not: each file in `fail/` with the text beside it. What must, does.
//!
//! `TRYBUILD=overwrite cargo test --test forbidden_state` writes the texts anew.

#[test]
fn forbidden_state_stays_out_of_handlers() {
    let tests = trybuild::TestCases::new();
    tests.compile_fail("tests/fail/*.rs");
    tests.pass("tests/pass/*.rs");
}
