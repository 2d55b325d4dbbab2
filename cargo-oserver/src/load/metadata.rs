//! The workspace as cargo sees it.

use std::path::{Path, PathBuf};

use cargo_metadata::MetadataCommand;

use super::manifest::{Dependency, Package, Target, TargetKind};

/// Members of the workspace that `manifest` belongs to, by their manifests.
///
/// # Errors
/// The first lines of what cargo said.
pub(super) fn packages(manifest: &Path) -> Result<Vec<(PathBuf, Package)>, String> {
    let mut command = MetadataCommand::new();
    command.manifest_path(manifest).no_deps().other_options(["--offline".to_owned()]);
    // Runs in a neutral folder: the checkout may pin a toolchain that is not installed, or have its own cargo configuration.
    if let Some(top) = manifest.ancestors().last() {
        command.current_dir(top);
    }
    command.env("RUSTUP_AUTO_INSTALL", "0");
    let metadata = command.exec().map_err(|error| words(&error))?;
    let packages = metadata.packages.into_iter().map(package);
    Ok(packages.collect())
}

fn words(error: &cargo_metadata::Error) -> String {
    let text = error.to_string();
    let lines: Vec<&str> =
        text.lines().map(str::trim).filter(|line| !line.is_empty()).take(3).collect();
    lines.join(" ")
}

fn real(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

fn package(package: cargo_metadata::Package) -> (PathBuf, Package) {
    let manifest = real(package.manifest_path.as_std_path());
    let targets = package.targets.iter().map(|target| Target {
        kind: kind(target),
        name: target.name.replace('-', "_"),
        path: real(target.src_path.as_std_path()),
    });
    let dependencies = package.dependencies.iter().map(|dependency| Dependency {
        name: dependency.rename.as_ref().unwrap_or(&dependency.name).replace('-', "_"),
        package: dependency.name.clone(),
        path: dependency.path.as_ref().map(|path| real(path.as_std_path())),
    });
    let root = manifest.parent().map(Path::to_owned).unwrap_or_default();
    let kept = Package {
        name: package.name.to_string(),
        root,
        edition: package.edition.as_str().parse().unwrap_or(2021),
        targets: targets.collect(),
        dependencies: dependencies.collect(),
    };
    (manifest, kept)
}

fn kind(target: &cargo_metadata::Target) -> TargetKind {
    if target.is_bin() {
        TargetKind::Bin
    } else if target.is_example() {
        TargetKind::Example
    } else if target.is_test() || target.is_bench() {
        TargetKind::Test
    } else if target.is_custom_build() {
        TargetKind::Build
    } else {
        TargetKind::Lib
    }
}
