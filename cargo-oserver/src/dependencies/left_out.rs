//! Files of a package that only modules of other features lead to: a package of bindings has hundreds of them.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

/// Finds files and folders whose modules are not compiled, from the text around their declarations.
pub(super) struct LeftOut<'f> {
    /// `None` if the features are not known: then nothing is left out.
    features: Option<&'f BTreeSet<String>>,
    /// Names of modules by the folder that their files are in.
    names: RefCell<HashMap<PathBuf, BTreeSet<String>>>,
}

impl<'f> LeftOut<'f> {
    pub(super) fn new(features: Option<&'f BTreeSet<String>>) -> Self {
        Self { features, names: RefCell::default() }
    }

    /// Returns `true` for `net.rs` and `net/` beside `#[cfg(feature = "net")] mod net;`.
    pub(super) fn contains(&self, path: &Path) -> bool {
        let (Some(features), Some(folder), Some(name)) =
            (self.features, path.parent(), path.file_stem().and_then(|stem| stem.to_str()))
        else {
            return false;
        };
        let mut names = self.names.borrow_mut();
        if let Some(known) = names.get(folder) {
            return known.contains(name);
        }
        let found = of_folder(folder, features);
        let contains = found.contains(name);
        names.insert(folder.to_owned(), found);
        contains
    }
}

/// Returns the modules that all of the files which may declare a folder's modules leave out, or do not name.
fn of_folder(folder: &Path, features: &BTreeSet<String>) -> BTreeSet<String> {
    let (mut gone, mut kept) = (BTreeSet::new(), BTreeSet::new());
    let beside = folder.with_extension("rs");
    for file in [&folder.join("mod.rs"), &folder.join("lib.rs"), &beside] {
        let text = std::fs::read_to_string(file).unwrap_or_default();
        declarations(&text, features, &mut gone, &mut kept);
    }
    gone.retain(|name| !kept.contains(name));
    gone
}

/// Reads attributes that have a line of their own, as rustfmt writes them.
fn declarations(
    text: &str,
    features: &BTreeSet<String>,
    gone: &mut BTreeSet<String>,
    kept: &mut BTreeSet<String>,
) {
    let mut is_gone = false;
    for line in text.lines().map(str::trim) {
        if line.starts_with("#[") {
            let feature =
                line.strip_prefix("#[cfg(feature = \"").and_then(|rest| rest.strip_suffix("\")]"));
            is_gone |= feature.is_some_and(|feature| !features.contains(feature));
            continue;
        }
        if line.starts_with("//") || line.is_empty() {
            continue;
        }
        let words = line.strip_suffix(';').map(|line| line.split_whitespace().collect::<Vec<_>>());
        if let Some([.., "mod", name]) = words.as_deref() {
            let names = if is_gone { &mut *gone } else { &mut *kept };
            names.insert((*name).to_owned());
        }
        is_gone = false;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::LeftOut;

    fn write(folder: &Path, name: &str, text: &str) {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().expect("it has a folder")).expect("the folder");
        std::fs::write(path, text).expect("the file");
    }

    #[test]
    fn modules_of_other_features_are_left_out() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = folder.path();
        write(
            at,
            "lib.rs",
            "#[cfg(feature = \"a\")]\npub mod a;\n#[cfg(feature = \"b\")]\n/// Text.\npub(crate) mod b;\nmod c;\n\
             #[cfg(feature = \"b\")]\nmod d;\n#[cfg(not(feature = \"b\"))]\nmod d;\n#[cfg(feature = \"b\")]\nuse a::A;\nmod e;\n",
        );
        write(
            at,
            "a/mod.rs",
            "#[cfg(feature = \"a_b\")]\npub mod b;\n#[cfg(feature = \"a\")]\npub mod c;\n",
        );
        write(at, "c.rs", "#[cfg(feature = \"b\")]\n#[path = \"other.rs\"]\nmod inner;\n");
        let features = BTreeSet::from(["a".to_owned()]);
        let left = LeftOut::new(Some(&features));
        let gone = |name: &str| left.contains(&at.join(name));
        for name in ["b", "b.rs", "a/b", "a/b.rs", "c/inner.rs"] {
            assert!(gone(name), "{name}");
        }
        for name in ["lib.rs", "a", "a.rs", "c.rs", "d.rs", "e.rs", "a/mod.rs", "a/c.rs", "f.rs"] {
            assert!(!gone(name), "{name}");
        }
        assert!(!LeftOut::new(None).contains(&at.join("b.rs")));
    }
}
