//! The request that wrk sends again and again.

use std::fs;
use std::path::PathBuf;

/// Requests that differ in the part of a server that they use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request {
    /// A static path, a short text.
    Ok,
    /// One of a hundred static paths.
    Many,
    /// A path with a parameter.
    User,
    /// A body of 1 KiB of JSON, which comes back.
    Json,
    /// A response of 64 KiB.
    Large,
}

impl Request {
    pub const NAMES: [&str; 5] = ["ok", "many", "user", "json", "large"];

    pub fn of_name(name: &str) -> Option<Self> {
        let all = [Self::Ok, Self::Many, Self::User, Self::Json, Self::Large];
        Self::NAMES.iter().position(|other| *other == name).map(|at| all[at])
    }

    pub fn path(self) -> &'static str {
        match self {
            Self::Ok => "/ok",
            Self::Many => "/many/50",
            Self::User => "/users/42",
            Self::Json => "/json",
            Self::Large => "/large",
        }
    }

    /// Writes the script that makes wrk send a body, where there is one.
    pub fn script(self) -> Result<Option<Script>, String> {
        if self != Self::Json {
            return Ok(None);
        }
        let path = std::env::temp_dir().join(format!("oserver-bench-{}.lua", std::process::id()));
        // Twelve fields: 1 KiB all together.
        let field = |number| format!(r#""field_{number:02}":"{}""#, "x".repeat(71));
        let fields: Vec<_> = (0..12).map(field).collect();
        let script = format!(
            "wrk.method = \"POST\"\nwrk.headers[\"content-type\"] = \"application/json\"\nwrk.body = '{{{}}}'\n",
            fields.join(",")
        );
        fs::write(&path, script).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Some(Script(path)))
    }
}

/// A file for as long as wrk needs it.
pub struct Script(PathBuf);

impl Script {
    pub fn argument(&self) -> String {
        self.0.display().to_string()
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        _ = fs::remove_file(&self.0);
    }
}
