//! Manifests before and after.

use super::{Wanted, edit};
use std::collections::{BTreeMap, BTreeSet};

fn edited(
    files: &[(&str, &str)],
    package: &str,
    features: &[&'static str],
) -> Vec<(String, String)> {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let features = features.iter().copied().collect::<BTreeSet<_>>();
    let wanted = Wanted { features, light: false };
    let wanted = BTreeMap::from([(folder.path().join(package), wanted)]);
    let original = |path: &std::path::Path| Ok(std::fs::read_to_string(path).unwrap());
    let new = edit(&wanted, None, &original).unwrap();
    new.into_iter()
        .map(|(path, text)| {
            let name = path.strip_prefix(folder.path()).unwrap();
            (name.to_string_lossy().into_owned(), text)
        })
        .collect()
}

#[test]
fn comments_and_order_stay() {
    let old = "[package]\nname = \"a\"\n\n# What it needs.\n[dependencies]\n# The router.\naxum = \"0.8\" # not 0.7\n# Serial.\nserde = \"1\"\n";
    let new = edited(&[("Cargo.toml", old)], "Cargo.toml", &["sqlx"]);
    let expected = old
        .replace("# Serial.", "oserver = { version = \"0.1\", features = [\"sqlx\"] }\n# Serial.");
    assert_eq!(new, [("Cargo.toml".to_owned(), expected)]);
}

#[test]
fn what_is_inherited_is_inherited() {
    let root = "[workspace]\nmembers = [\"app\"]\n\n[workspace.dependencies]\naxum = \"0.8\"\ntokio = \"1\"\n";
    let app = "[package]\nname = \"app\"\n\n[dependencies]\naxum.workspace = true\ntokio.workspace = true\n";
    let new = edited(&[("Cargo.toml", root), ("app/Cargo.toml", app)], "app/Cargo.toml", &[]);
    let expected_root = root.replace("tokio =", "oserver = \"0.1\"\ntokio =");
    let expected_app = app.replace("tokio.", "oserver.workspace = true\ntokio.");
    assert_eq!(
        new,
        [("Cargo.toml".to_owned(), expected_root), ("app/Cargo.toml".to_owned(), expected_app)]
    );
}

#[test]
fn the_framework_of_examples_is_a_dev_dependency() {
    let old = "[package]\nname = \"a\"\n\n[dependencies]\nserde = \"1\"\n\n[dev-dependencies]\nweb = { package = \"axum\", version = \"0.8\" }\n";
    let new = edited(&[("Cargo.toml", old)], "Cargo.toml", &[]);
    assert_eq!(new[0].1, old.replace("web =", "oserver = \"0.1\"\nweb ="));
}

#[test]
fn line_ends_stay() {
    let old = "[package]\r\nname = \"a\"\r\n\r\n[dependencies]\r\naxum = \"0.8\"\r\n";
    let new = edited(&[("Cargo.toml", old)], "Cargo.toml", &[]);
    assert_eq!(new[0].1, format!("{old}oserver = \"0.1\"\r\n"));
}

#[test]
fn what_is_there_gets_what_is_missing() {
    let old = "[dependencies]\naxum = \"0.8\"\nguard = { package = \"oserver\", version = \"0.1\", features = [\"ws\"] }\n";
    let new = edited(&[("Cargo.toml", old)], "Cargo.toml", &["uuid", "ws"]);
    assert_eq!(new[0].1, old.replace("[\"ws\"]", "[\"ws\", \"uuid\"]"));
    assert!(edited(&[("Cargo.toml", old)], "Cargo.toml", &["ws"]).is_empty());
}

#[test]
fn a_feature_of_a_folder_is_added_without_a_gap() {
    let old = "[dependencies]\naxum = \"0.8\"\noserver = { path = \"../oserver\" } # ours\n";
    let new = edited(&[("Cargo.toml", old)], "Cargo.toml", &["ws"]);
    let expected = old.replace("\" }", "\", features = [\"ws\"] }");
    assert_eq!(new, [("Cargo.toml".to_owned(), expected)]);
}
