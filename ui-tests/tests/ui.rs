//! Each file in `fail/` is one diagnostic, with its text beside it; each file in `pass/` is one shape
//! that must compile. `TRYBUILD=overwrite cargo test -p ui-tests` writes the texts anew.

use std::path::Path;

#[test]
fn diagnostics_and_shapes() {
    let tests = trybuild::TestCases::new();
    tests.compile_fail("fail/*.rs");
    tests.pass("pass/*.rs");
}

/// A text whose test is gone would look as if it were still checked.
#[test]
fn every_text_has_its_test() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fail");
    for entry in std::fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("readable").path();
        let test = path.with_extension("rs");
        let text = path.with_extension("stderr");
        assert!(test.exists() && text.exists(), "{} has no counterpart", path.display());
    }
}
