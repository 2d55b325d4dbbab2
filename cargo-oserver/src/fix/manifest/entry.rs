//! Values for the dependency's entry in a manifest.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use toml_edit::{InlineTable, Item, Table, Value};

/// The version of this tool.
const VERSION: &str = env!("CARGO_PKG_VERSION");

fn features_of(features: &BTreeSet<&'static str>) -> Value {
    Value::Array(features.iter().map(|name| Value::from(*name)).collect())
}

pub(super) fn requirement(
    manifest: &Path,
    from: Option<&Path>,
    features: &BTreeSet<&'static str>,
) -> Item {
    let mut table = InlineTable::new();
    match from {
        Some(folder) => {
            table.insert("path", Value::from(relative(manifest, folder)));
        }
        None if features.is_empty() => return Item::Value(Value::from(short_version())),
        None => {
            table.insert("version", Value::from(short_version()));
        }
    }
    if !features.is_empty() {
        table.insert("features", features_of(features));
    }
    Item::Value(Value::InlineTable(table))
}

/// `0.1` for `0.1.0`, as people write it.
fn short_version() -> String {
    VERSION.strip_suffix(".0").unwrap_or(VERSION).to_owned()
}

pub(super) fn of_workspace(features: &BTreeSet<&'static str>, dotted: bool) -> Item {
    if dotted && features.is_empty() {
        let mut table = Table::new();
        table.set_dotted(true);
        table.insert("workspace", Item::Value(Value::from(true)));
        return Item::Table(table);
    }
    let mut table = InlineTable::new();
    table.insert("workspace", Value::from(true));
    if !features.is_empty() {
        table.insert("features", features_of(features));
    }
    Item::Value(Value::InlineTable(table))
}

/// Returns the path from a manifest's folder to another one, if both are given from the same place.
fn relative(manifest: &Path, folder: &Path) -> String {
    let from = manifest.parent().unwrap_or(manifest);
    let from = from.canonicalize().unwrap_or_else(|_| from.to_owned());
    let to = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    if folder.is_absolute() {
        return to.to_string_lossy().into_owned();
    }
    let common = from.components().zip(to.components()).take_while(|(a, b)| a == b).count();
    let mut path = PathBuf::new();
    from.components().skip(common).for_each(|_| path.push(".."));
    to.components().skip(common).for_each(|part| path.push(part));
    path.to_string_lossy().replace('\\', "/")
}
