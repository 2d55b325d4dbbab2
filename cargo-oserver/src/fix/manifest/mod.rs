//! The dependency on oserver: beside the framework's, in the same style, with what the changes need.

mod entry;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use entry::{of_workspace, requirement};
use toml_edit::{DocumentMut, InlineTable, Item, Table, Value};

/// The dependency that a package's manifest has to declare.
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

    /// Returns the checkout's folder that has it.
    fn folder(&self, checkout: &Path) -> PathBuf {
        if self.light { checkout.join("oserver-state") } else { checkout.to_owned() }
    }
}

/// Returns the manifests with the dependency in them: those of the packages and, where their dependencies are inherited,
/// that of the workspace. Only what changes is there.
///
/// # Errors
/// The manifest that cannot be parsed.
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

/// Manifests before the edits, and their present text.
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

/// Returns `None` if nothing is to be changed.
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
        return Err(format!("{}: `{section}` is not a table", path.display()));
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

/// Returns the table of dependencies that the framework is in, and the framework's name there.
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

/// Returns the name under which the dependency is there already.
fn existing(table: &Table, package: &str) -> Option<String> {
    table
        .iter()
        .find(|(name, item)| item.get("package").and_then(Item::as_str).unwrap_or(name) == package)
        .map(|(name, _)| name.to_owned())
}

/// Returns the manifest of the workspace that has a list of dependencies for its members.
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

/// Inserts in order if the list is sorted, otherwise at the end.
fn add(table: &mut Table, name: &str, item: Item) {
    let names: Vec<String> = table.iter().map(|(name, _)| name.to_owned()).collect();
    let sorted = names.is_sorted();
    table.insert(name, item);
    if sorted && names.last().is_some_and(|last| last.as_str() > name) {
        // Comments and blank lines move with the entry after them.
        table.sort_values();
    }
}

/// Adds the missing parts to an existing dependency.
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
    if let Some((_, last)) = item.as_inline_table_mut().and_then(|table| table.iter_mut().last()) {
        // The space before the brace would stand before the comma.
        last.decor_mut().clear();
    }
    let Some(entry) = item.as_table_like_mut() else { return false };
    let list =
        entry.entry("features").or_insert(Item::Value(Value::Array(toml_edit::Array::new())));
    let Some(list) = list.as_array_mut() else { return false };
    missing.into_iter().for_each(|name| list.push(name));
    true
}
