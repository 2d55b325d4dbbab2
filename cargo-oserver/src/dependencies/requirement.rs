//! The version that a manifest asks for, where nothing is resolved yet.

use std::path::Path;

use toml::{Table, Value};

/// `0.7` for `axum = "^0.7"`, also where it is inherited or renamed.
pub(super) fn of(manifest: &Path, package: &str) -> Option<String> {
    let table = read(manifest)?;
    for section in ["dependencies", "dev-dependencies"] {
        for (name, value) in table.get(section).and_then(Value::as_table).into_iter().flatten() {
            let real = value.get("package").and_then(Value::as_str).unwrap_or(name);
            if value.get("workspace").is_some() {
                let found = inherited(manifest, name, package);
                if found.is_some() {
                    return found;
                }
            } else if real == package {
                return version(value);
            }
        }
    }
    None
}

fn read(manifest: &Path) -> Option<Table> {
    std::fs::read_to_string(manifest).ok()?.parse().ok()
}

fn inherited(manifest: &Path, name: &str, package: &str) -> Option<String> {
    for folder in manifest.parent()?.ancestors() {
        let Some(table) = read(&folder.join("Cargo.toml")) else { continue };
        let Some(workspace) = table.get("workspace") else { continue };
        let value = workspace.get("dependencies")?.get(name)?;
        let real = value.get("package").and_then(Value::as_str).unwrap_or(name);
        return (real == package).then(|| version(value)).flatten();
    }
    None
}

fn version(value: &Value) -> Option<String> {
    let text = value.as_str().or_else(|| value.get("version")?.as_str())?;
    let text = text.trim_start_matches(['^', '=', '~', '>', '<', ' ']);
    Some(text.split([',', ' ']).next().unwrap_or(text).to_owned())
}
