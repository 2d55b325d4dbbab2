//! Expansions as a person reads them, compared with files.

use proc_macro2::TokenStream;

/// Formats the expansion, for a person and for a comparison.
pub(crate) fn pretty(tokens: &TokenStream) -> String {
    let file = syn::parse2(tokens.clone()).unwrap_or_else(|error| panic!("{error}: {tokens}"));
    prettyplease::unparse(&file)
}

/// Compares with `ROOM/snapshots/NAME.rs`; `OSERVER_BLESS=1` writes that file instead.
pub(crate) fn assert_snapshot(room: &str, name: &str, expansion: &str) {
    let path = format!("{}/src/{room}/snapshots/{name}.rs", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("OSERVER_BLESS").is_some() {
        std::fs::write(&path, expansion).unwrap();
    }
    assert_eq!(expansion, std::fs::read_to_string(&path).unwrap(), "{path}");
}
