//! Types that methods of the standard library and of actix give. Other methods keep the type that they are called on, as
//! far as anything is known of it.

const PATHS: &[&str] = &["std::path::Path", "std::path::PathBuf", "std::path::Path::new"];

/// Each has a thread of its own.
pub(super) const ARBITERS: &[&str] =
    &["actix_rt::Arbiter", "actix_web::rt::Arbiter", "actix::Arbiter"];

/// Returns the type that a method of a type gives, if both are listed.
#[must_use]
pub fn result(of: &str, method: &str) -> Option<&'static str> {
    match (of, method) {
        (of, "metadata" | "symlink_metadata") if PATHS.contains(&of) => Some("std::fs::Metadata"),
        (of, "read_dir") if PATHS.contains(&of) => Some("std::fs::read_dir"),
        ("std::fs::File" | "std::fs::DirEntry", "metadata") => Some("std::fs::Metadata"),
        ("std::fs::Metadata" | "std::fs::DirEntry", "file_type") => Some("std::fs::FileType"),
        ("std::fs::DirEntry", "path") => Some("std::path::PathBuf"),
        ("std::fs::OpenOptions", "open") => Some("std::fs::File"),
        ("tokio::fs::DirEntry", "metadata") => Some("std::fs::Metadata"),
        ("tokio::fs::DirEntry", "path") => Some("std::path::PathBuf"),
        (of, "current" | "try_current") if ARBITERS.contains(&of) => {
            Some("actix_rt::ArbiterHandle")
        }
        ("std::process::Command", "spawn") => Some("std::process::Child"),
        _ => None,
    }
}
