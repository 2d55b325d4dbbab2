//! Each file in `fail/` fails to compile, with the text beside it. Code that must compile does.
//!
//! `TRYBUILD=overwrite cargo test --test forbidden_state` writes the texts anew.

#[test]
fn forbidden_state_stays_out_of_handlers() {
    let tests = trybuild::TestCases::new();
    tests.compile_fail("tests/fail/*.rs");
    tests.pass("tests/pass/*.rs");
}
