//! Cargo workspaces that a plan touches, and their members.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::plan::Plan;

/// A member of a workspace.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) id: String,
    pub(super) manifest: PathBuf,
    /// Names of its targets, and whether each wants features.
    pub(super) targets: Vec<(String, bool)>,
}

fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Returns the folders of the workspaces that the changed packages belong to.
///
/// # Errors
/// The error that cargo reported for a manifest.
pub(super) fn roots(plan: &Plan) -> Result<BTreeSet<PathBuf>, String> {
    let manifests: BTreeSet<&PathBuf> = plan.manifests.values().collect();
    let mut roots: BTreeSet<PathBuf> = BTreeSet::new();
    for manifest in manifests {
        let output = cargo()
            .args(["locate-project", "--workspace", "--message-format", "plain", "--manifest-path"])
            .arg(manifest)
            .current_dir(manifest.parent().unwrap_or(manifest))
            .output()
            .map_err(|error| format!("cannot start cargo: {error}"))?;
        let text = String::from_utf8_lossy(&output.stdout);
        let root = Path::new(text.trim()).parent().map(Path::to_owned);
        // Below one that cargo does not take, the package itself is all that there is.
        let root = root.filter(|_| output.status.success());
        roots.insert(root.unwrap_or_else(|| manifest.parent().unwrap_or(manifest).to_owned()));
    }
    Ok(roots)
}

/// Returns the members of a workspace.
///
/// # Errors
/// The error that cargo reported.
pub(super) fn members(root: &Path) -> Result<Vec<Member>, String> {
    let output = cargo()
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .current_dir(root)
        .output()
        .map_err(|error| format!("cannot start cargo: {error}"))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).trim().to_owned());
    }
    let value: Value = serde_json::from_slice(&output.stdout).map_err(|error| error.to_string())?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let member = |package: &Value| {
        let manifest = PathBuf::from(text(&package["manifest_path"]));
        let targets = package["targets"].as_array().into_iter().flatten();
        Member {
            id: text(&package["id"]),
            manifest: manifest.canonicalize().unwrap_or(manifest),
            targets: targets.map(|target| (text(&target["name"]), optional(target))).collect(),
        }
    };
    Ok(value["packages"].as_array().into_iter().flatten().map(member).collect())
}

/// Returns `true` if `--all-targets` may leave a target out.
fn optional(target: &Value) -> bool {
    let features = target["required-features"].as_array().is_some_and(|list| !list.is_empty());
    let kinds: Vec<&str> =
        target["kind"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    features || kinds == ["bench"] || kinds == ["custom-build"]
}
