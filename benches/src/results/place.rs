//! Describes the machine, the day and the versions of a measurement.

use std::process::Command;

const LOCK: &str = include_str!("../../Cargo.lock");
const COMPARED: [&str; 8] =
    ["oserver", "hyper", "axum", "tower-http", "actix-web", "poem", "rocket", "tokio"];

/// Returns the lines above the tables, in Markdown.
pub fn describe(method: &str) -> String {
    let versions =
        COMPARED.iter().filter_map(|name| Some(format!("{name} {}", version(LOCK, name)?)));
    format!(
        "Measured on {} on {}, with {}: {}.\n{method}.\n",
        said_by("date", &["-u", "+%F"]),
        machine(),
        said_by("rustc", &["--version"]),
        versions.collect::<Vec<_>>().join(", "),
    )
}

pub fn machine() -> String {
    let read = |file| std::fs::read_to_string(file).unwrap_or_default();
    let cores = std::thread::available_parallelism().map_or("?".into(), |cores| cores.to_string());
    let info = read("/proc/cpuinfo");
    let model = info.lines().find_map(|line| line.strip_prefix("model name"));
    let model = model.map_or("?", |model| model.trim_start_matches([' ', '\t', ':']));
    let version = read("/proc/version");
    // The rest says who built the kernel, and with what.
    let kernel = version.trim_start_matches("Linux version ").split(['-', ' ']).next();
    format!("{cores} cores of {model}, Linux {}", kernel.unwrap_or("?"))
}

/// Returns the first two words that a program prints. The rest says who built it.
fn said_by(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    let said = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    let said = said.unwrap_or_default();
    let words: Vec<&str> = said.split_whitespace().take(2).collect();
    if words.is_empty() { "?".into() } else { words.join(" ") }
}

fn version<'lock>(lock: &'lock str, name: &str) -> Option<&'lock str> {
    let (_, after) = lock.split_once(&format!("name = \"{name}\"\nversion = \""))?;
    after.split('"').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_versions_of_all_are_known() {
        for name in COMPARED {
            assert!(version(LOCK, name).is_some(), "{name}");
        }
        assert_eq!(version("name = \"a-b\"\nversion = \"1.2.3\"\n", "a-b"), Some("1.2.3"));
        assert_eq!(version("name = \"a-b\"\nversion = \"1.2.3\"\n", "b"), None);
    }
}
