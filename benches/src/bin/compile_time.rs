//! Measures `cargo check` of a thousand annotated handlers, beside the same handlers without an attribute and with
//! `#[tracing::instrument]`: `cargo run --release --bin compile_time`.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Instant;

const HANDLERS: usize = 1_000;
const ROUNDS: usize = 7;

/// The packages, and what stands above each handler.
const KINDS: [(&str, &str); 3] = [
    ("plain", ""),
    ("guarded", "#[oserver::handler]\n"),
    ("instrument", "#[tracing::instrument]\n"),
];

fn main() -> ExitCode {
    match measure() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::from(2)
        }
    }
}

fn measure() -> Result<bool, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/compile-time");
    let mut packages = Vec::new();
    for (kind, attribute) in KINDS {
        packages.push(write(&folder, kind, attribute).map_err(|error| format!("{kind}: {error}"))?);
    }
    // Dependencies are no part of it.
    for package in &packages {
        check(&folder, package)?;
    }
    let mut samples = Vec::new();
    for _ in 0..ROUNDS {
        let mut round = [0.0; KINDS.len()];
        for (seconds, package) in round.iter_mut().zip(&packages) {
            *seconds = check(&folder, package)?;
        }
        samples.push(round);
    }
    Ok(report(&samples))
}

fn write(folder: &Path, kind: &str, attribute: &str) -> std::io::Result<PathBuf> {
    let package = folder.join(kind);
    std::fs::create_dir_all(package.join("src"))?;
    let oserver = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let manifest = format!(
        "[workspace]\n[package]\nname = \"{kind}\"\nedition = \"2024\"\n[dependencies]\n\
         oserver = {{ path = {oserver:?} }}\ntracing = {{ version = \"0.1\", features = [\"attributes\"] }}\n"
    );
    std::fs::write(package.join("Cargo.toml"), manifest)?;
    let mut source = String::from("use oserver::extract::Path;\n\n");
    for number in 0..HANDLERS {
        let handler = format!(
            "{attribute}pub async fn handler_{number}(Path(id): Path<u32>) -> Result<String, String> {{\n    \
             if id == {number} {{\n        return Err(\"none\".to_owned());\n    }}\n    \
             Ok(format!(\"{{id}}\"))\n}}\n\n"
        );
        source.write_str(&handler).expect("to a string");
    }
    std::fs::write(package.join("src/lib.rs"), source)?;
    Ok(package)
}

/// The seconds that it takes to check the package's own code, from nothing.
fn check(folder: &Path, package: &Path) -> Result<f64, String> {
    let source = package.join("src/lib.rs");
    let text = std::fs::read(&source).map_err(|error| error.to_string())?;
    std::fs::write(&source, text).map_err(|error| error.to_string())?;
    let begin = Instant::now();
    let status = Command::new("cargo")
        .args(["check", "--quiet", "--offline", "--manifest-path"])
        .arg(package.join("Cargo.toml"))
        .arg("--target-dir")
        .arg(folder.join("target"))
        .env("CARGO_INCREMENTAL", "0")
        .status()
        .map_err(|error| format!("cargo: {error}"))?;
    if !status.success() {
        return Err(format!("{} does not compile", package.display()));
    }
    Ok(begin.elapsed().as_secs_f64())
}

/// Rounds take turns, and ratios are taken within a round.
fn report(samples: &[[f64; KINDS.len()]]) -> bool {
    let of = |pick: &dyn Fn(&[f64; KINDS.len()]) -> f64| {
        let mut values: Vec<f64> = samples.iter().map(pick).collect();
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    println!("{HANDLERS} handlers, `cargo check`, median of {ROUNDS} rounds");
    for (index, (kind, _)) in KINDS.iter().enumerate() {
        let surplus = of(&|round| round[index] - round[0]);
        println!("{kind:<12} {:>6.2} s {surplus:>+6.2} s", of(&|round| round[index]));
    }
    let share = of(&|round| (round[1] - round[0]) / (round[2] - round[0]));
    println!("guarded's surplus is {share:.2} of instrument's (wanted: at most 1, aim: 0.5)");
    share <= 1.0
}
