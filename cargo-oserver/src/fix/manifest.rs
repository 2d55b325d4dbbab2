//! The dependency on oserver: beside the framework's, in the same style, with what the changes need.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use toml_edit::{DocumentMut, InlineTable, Item, Table, Value};

/// The version that this tool is of.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What a package's manifest has to say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) features: BTreeSet<&'static str>,
    /// Whether it needs the traits alone.
    pub(super) light: bool,
}

impl Wanted {
    fn name(&self) -> &'static str {
        if self.light { "oserver-state" } else { "oserver" }
    }

    /// The checkout's folder that has it.
    fn folder(&self, checkout: &Path) -> PathBuf {
        if self.light { checkout.join("oserver-state") } else { checkout.to_owned() }
    }
}

/// The manifests with the dependency in them: those of the packages and, where their dependencies are inherited,
/// that of the workspace. Only what changes is there.
///
/// # Errors
/// The manifest that is none.
pub(super) fn edit(
    wanted: &BTreeMap<PathBuf, Wanted>,
    from: Option<&Path>,
    original: &dyn Fn(&Path) -> Result<String, String>,
) -> Result<BTreeMap<PathBuf, String>, String> {
    let mut files = Files { original, edited: BTreeMap::new() };
    for (path, wanted) in wanted {
        let (text, mut document) = files.read(path)?;
        if let Some(new) = package(&mut document, path, wanted, from, &mut files)? {
            let new = line_ends(&text, &new);
            if new != text {
                files.edited.insert(path.clone(), new);
            }
        }
    }
    Ok(files.edited)
}

/// Manifests as they were, and as they are by now.
struct Files<'o> {
    original: &'o dyn Fn(&Path) -> Result<String, String>,
    edited: BTreeMap<PathBuf, String>,
}

impl Files<'_> {
    fn read(&self, path: &Path) -> Result<(String, DocumentMut), String> {
        let text = match self.edited.get(path) {
            Some(text) => text.clone(),
            None => (self.original)(path)?,
        };
        let document = text.parse().map_err(|error| format!("{}: {error}", path.display()))?;
        Ok((text, document))
    }
}

/// toml_edit ends new lines with `\n`.
fn line_ends(old: &str, new: &str) -> String {
    if old.contains("\r\n") {
        new.replace("\r\n", "\n").replace('\n', "\r\n")
    } else {
        new.to_owned()
    }
}

/// `None`: there is nothing to do.
fn package(
    document: &mut DocumentMut,
    path: &Path,
    wanted: &Wanted,
    from: Option<&Path>,
    files: &mut Files<'_>,
) -> Result<Option<String>, String> {
    let (section, beside) = section(document);
    let workspace = workspace(path, document, files)?;
    let style = beside.as_ref().and_then(|name| document[&*section].get(name)).cloned();
    let inherits = style.as_ref().is_some_and(|item| item.get("workspace").is_some());
    let Some(table) = table_mut(document, &section) else {
        return Err(format!("{}: `{section}` is no table", path.display()));
    };
    let name = wanted.name();
    let from = from.map(|checkout| wanted.folder(checkout));
    let from = from.as_deref();
    if let Some(known) = existing(table, name) {
        let changed = add_features(table, &known, &wanted.features);
        return Ok(changed.then(|| document.to_string()));
    }
    let inherited = workspace.as_ref().filter(|_| inherits);
    let value = match inherited {
        Some(root) => {
            let (text, mut root_document) =
                if root == path { (String::new(), document.clone()) } else { files.read(root)? };
            let list = root_document["workspace"]["dependencies"].as_table_mut();
            if let Some(list) = list
                && existing(list, name).is_none()
            {
                add(list, name, requirement(root, from, &BTreeSet::new()));
                if root == path {
                    *document = root_document;
                } else {
                    files.edited.insert(root.clone(), line_ends(&text, &root_document.to_string()));
                }
            }
            None
        }
        None => Some(requirement(path, from, &wanted.features)),
    };
    let Some(table) = table_mut(document, &section) else { return Ok(None) };
    match value {
        Some(value) => add(table, name, value),
        None => {
            let dotted =
                style.as_ref().and_then(Item::as_table_like).is_some_and(|table| table.is_dotted());
            add(table, name, of_workspace(&wanted.features, dotted));
        }
    }
    Ok(Some(document.to_string()))
}

/// The table of dependencies that the framework is in, and the framework's name there.
fn section(document: &DocumentMut) -> (String, Option<String>) {
    let is_framework = |name: &str, item: &Item| {
        let package = item.get("package").and_then(Item::as_str).unwrap_or(name);
        matches!(package, "axum" | "hyper" | "tower")
    };
    for section in ["dependencies", "dev-dependencies"] {
        let Some(table) = document.get(section).and_then(Item::as_table_like) else { continue };
        let found = table.iter().find(|(name, item)| is_framework(name, item));
        if let Some((name, _)) = found {
            return (section.to_owned(), Some(name.to_owned()));
        }
    }
    ("dependencies".to_owned(), None)
}

fn table_mut<'d>(document: &'d mut DocumentMut, section: &str) -> Option<&'d mut Table> {
    if document.get(section).is_none() {
        document.insert(section, Item::Table(Table::new()));
    }
    document[section].as_table_mut()
}

/// The name under which the dependency is there already.
fn existing(table: &Table, package: &str) -> Option<String> {
    table
        .iter()
        .find(|(name, item)| item.get("package").and_then(Item::as_str).unwrap_or(name) == package)
        .map(|(name, _)| name.to_owned())
}

/// The manifest of the workspace that has a list of dependencies for its members.
fn workspace(
    path: &Path,
    document: &DocumentMut,
    files: &Files<'_>,
) -> Result<Option<PathBuf>, String> {
    let has = |document: &DocumentMut| {
        document.get("workspace").and_then(|workspace| workspace.get("dependencies")).is_some()
    };
    if has(document) {
        return Ok(Some(path.to_owned()));
    }
    let folders = path.parent().and_then(Path::parent).into_iter().flat_map(Path::ancestors);
    for folder in folders {
        let manifest = folder.join("Cargo.toml");
        if manifest.is_file() {
            let (_, document) = files.read(&manifest)?;
            if document.get("workspace").is_some() {
                return Ok(has(&document).then_some(manifest));
            }
        }
    }
    Ok(None)
}

fn features_of(features: &BTreeSet<&'static str>) -> Value {
    Value::Array(features.iter().map(|name| Value::from(*name)).collect())
}

fn requirement(manifest: &Path, from: Option<&Path>, features: &BTreeSet<&'static str>) -> Item {
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

fn of_workspace(features: &BTreeSet<&'static str>, dotted: bool) -> Item {
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

/// In its place if the list is sorted, else at its end.
fn add(table: &mut Table, name: &str, item: Item) {
    let names: Vec<String> = table.iter().map(|(name, _)| name.to_owned()).collect();
    let sorted = names.is_sorted();
    table.insert(name, item);
    if sorted && names.last().is_some_and(|last| last.as_str() > name) {
        // Comments and blank lines move with what they stand before.
        table.sort_values();
    }
}

/// Adds what is missing to a dependency that is there.
fn add_features(table: &mut Table, name: &str, wanted: &BTreeSet<&'static str>) -> bool {
    let known: BTreeSet<String> = table
        .get(name)
        .and_then(|item| item.get("features"))
        .and_then(Item::as_array)
        .into_iter()
        .flatten()
        .filter_map(|value| value.as_str().map(ToOwned::to_owned))
        .collect();
    let missing: Vec<&str> = wanted.iter().copied().filter(|name| !known.contains(*name)).collect();
    if missing.is_empty() {
        return false;
    }
    let Some(item) = table.get_mut(name) else { return false };
    if let Some(version) = item.as_str().map(ToOwned::to_owned) {
        let mut table = InlineTable::new();
        table.insert("version", Value::from(version));
        *item = Item::Value(Value::InlineTable(table));
    }
    let Some(entry) = item.as_table_like_mut() else { return false };
    let list =
        entry.entry("features").or_insert(Item::Value(Value::Array(toml_edit::Array::new())));
    let Some(list) = list.as_array_mut() else { return false };
    missing.into_iter().for_each(|name| list.push(name));
    true
}

/// The path from a manifest's folder to another one, if both are given from the same place.
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

#[cfg(test)]
mod tests {
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
        let expected = old.replace(
            "# Serial.",
            "oserver = { version = \"0.1\", features = [\"sqlx\"] }\n# Serial.",
        );
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
}
