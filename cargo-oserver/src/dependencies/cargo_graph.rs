//! The dependency graph of a workspace and the folders of its sources, from `cargo metadata`.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;

/// One package of a workspace's dependency graph.
#[derive(Clone, Debug)]
pub struct Located {
    pub name: String,
    pub version: String,
    pub manifest: PathBuf,
    /// The root file of its library, and how `use` writes it.
    pub lib: Option<(String, PathBuf)>,
    /// Its dependencies, by the names that its code has for them.
    pub dependencies: HashMap<String, String>,
    /// The features that it is compiled with, if that is known.
    pub features: Option<BTreeSet<String>>,
    /// `true` if it comes from a registry: a version in a registry never changes.
    pub registry: bool,
    pub member: bool,
}

/// The dependency graph of a workspace, by the ids that cargo gives.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    pub packages: HashMap<String, Located>,
    pub root: PathBuf,
}

impl Graph {
    /// Returns the package with this manifest.
    #[must_use]
    pub fn by_manifest(&self, manifest: &Path) -> Option<&Located> {
        self.packages.values().find(|package| package.manifest == manifest)
    }

    /// Returns the package that the code of `of` calls `name`, with its id.
    #[must_use]
    pub fn dependency(&self, of: &Located, name: &str) -> Option<(&str, &Located)> {
        let id = of.dependencies.get(name)?;
        self.packages.get_key_value(id).map(|(id, package)| (id.as_str(), package))
    }
}

/// Runs `cargo metadata`, without the network and without a change to the lock file.
///
/// # Errors
/// A message that names the step to do first.
pub fn locate(manifest: &Path) -> Result<Graph, String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .args(["metadata", "--format-version", "1", "--offline", "--locked", "--manifest-path"])
        .arg(manifest);
    if let Some(host) = host() {
        command.args(["--filter-platform", &host]);
    }
    // Runs in a neutral folder: the checkout may pin a toolchain that is not installed, or have its own cargo configuration.
    if let Some(top) = manifest.ancestors().last() {
        command.current_dir(top);
    }
    command.env("RUSTUP_AUTO_INSTALL", "0");
    let output = command.output().map_err(|error| format!("cannot start cargo: {error}"))?;
    if !output.status.success() {
        let words = String::from_utf8_lossy(&output.stderr);
        let first = words.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
        return Err(not_read(manifest, first.trim_start_matches("error: ")));
    }
    let value: Value = serde_json::from_slice(&output.stdout).map_err(|error| error.to_string())?;
    Ok(graph(&value))
}

/// Returns the note about missing sources: why they were not read, and how to get them.
pub(super) fn not_read(manifest: &Path, why: &str) -> String {
    let manifest = manifest.display();
    format!(
        "the sources of the dependencies of {manifest} were not read: run `cargo fetch` there ({why})"
    )
}

/// Returns the platform that this tool runs on.
fn host() -> Option<String> {
    static HOST: OnceLock<Option<String>> = OnceLock::new();
    HOST.get_or_init(ask_host).clone()
}

fn ask_host() -> Option<String> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("-vV").env("RUSTUP_AUTO_INSTALL", "0").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    text.lines().find_map(|line| line.strip_prefix("host: ")).map(ToOwned::to_owned)
}

fn graph(value: &Value) -> Graph {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let members: Vec<String> = list(&value["workspace_members"]).iter().map(text).collect();
    let mut nodes: HashMap<String, (HashMap<String, String>, BTreeSet<String>)> = HashMap::new();
    for node in list(&value["resolve"]["nodes"]) {
        let dependencies = list(&node["deps"]);
        let names = dependencies.iter().map(|dep| (text(&dep["name"]), text(&dep["pkg"])));
        let features = list(&node["features"]).iter().map(text).collect();
        nodes.insert(text(&node["id"]), (names.collect(), features));
    }
    let mut graph =
        Graph { packages: HashMap::new(), root: PathBuf::from(text(&value["workspace_root"])) };
    for package in list(&value["packages"]) {
        let id = text(&package["id"]);
        let targets = list(&package["targets"]);
        let lib = targets.iter().find(|target| {
            let kinds = list(&target["kind"]);
            kinds
                .iter()
                .any(|kind| matches!(kind.as_str(), Some("lib" | "rlib" | "dylib" | "cdylib")))
        });
        let manifest = PathBuf::from(text(&package["manifest_path"]));
        let member = members.contains(&id);
        let (dependencies, features) = nodes.remove(&id).unwrap_or_default();
        graph.packages.insert(
            id,
            Located {
                name: text(&package["name"]),
                version: text(&package["version"]),
                manifest: manifest.canonicalize().unwrap_or(manifest),
                lib: lib.map(|lib| {
                    let name = text(&lib["name"]).replace('-', "_");
                    (name, PathBuf::from(text(&lib["src_path"])))
                }),
                dependencies,
                features: Some(features),
                registry: package["source"]
                    .as_str()
                    .is_some_and(|from| from.starts_with("registry")),
                member,
            },
        );
    }
    graph
}
