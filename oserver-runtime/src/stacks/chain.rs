//! A stack as an on-call engineer reads it: outermost first, the functions of the service and its libraries by
//! name and line, without the machinery around and between them, and at last what is waited for.

use std::fmt::Write as _;

use super::frame::{self, Frame};

/// Whose function a frame is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    /// The service's own.
    Service,
    /// A library that the service called.
    Library,
    /// Between the service and what it waits for: runtimes, routers, C.
    Machinery,
    Std,
    Oserver,
}

/// Crates that call the service's code, or are called by it to wait.
const MACHINERY: &[&str] = &[
    "async_trait",
    "axum",
    "axum_core",
    "futures",
    "futures_channel",
    "futures_core",
    "futures_executor",
    "futures_util",
    "http_body",
    "http_body_util",
    "hyper",
    "hyper_util",
    "libc",
    "mio",
    "pin_project",
    "pin_project_lite",
    "tokio",
    "tokio_stream",
    "tokio_util",
    "tower",
    "tower_http",
    "tower_layer",
    "tower_service",
    "tracing",
];

/// What a stack says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Chain {
    /// Outermost first, one a line.
    pub(crate) lines: Vec<String>,
    /// The innermost place in the service's code, as `file:line:column`.
    pub(crate) location: Option<String>,
    /// What is waited for, or done.
    pub(crate) leaf: Option<String>,
}

/// Of the stack of a poll that captured it; innermost first.
pub(crate) fn of_awaits(frames: &[Frame]) -> Chain {
    let end = frames.iter().rposition(is_boundary).unwrap_or(frames.len());
    build(&frames[..end], |origin, _| origin != Origin::Std)
}

/// Of a whole thread; innermost first.
pub(crate) fn of_thread(frames: &[Frame]) -> Chain {
    let is_own = |frame: &Frame| origin(frame) == Origin::Oserver;
    let end = frames.iter().rposition(is_own).unwrap_or(frames.len());
    // `std::thread::sleep` says what is done, `core::ops::function::FnOnce::call_once` does not.
    build(&frames[..end], |origin, frame| {
        origin != Origin::Std || frame::tidy(frame).trim_start_matches('<').starts_with("std::")
    })
}

fn is_boundary(frame: &Frame) -> bool {
    crate_of(frame).as_deref() == Some("oserver_stacks")
}

fn build(frames: &[Frame], can_be_leaf: impl Fn(Origin, &Frame) -> bool) -> Chain {
    let shown = |frame: &Frame| matches!(origin(frame), Origin::Service | Origin::Library);
    let innermost = frames.iter().position(shown);
    // Without one, whoever was called first by oserver is all that is known.
    let leaf = frames[..innermost.unwrap_or(frames.len())]
        .iter()
        .rev()
        .find(|frame| can_be_leaf(origin(frame), frame));
    let mut lines: Vec<String> = Vec::new();
    let mut last = None;
    for frame in frames.iter().rev().filter(|frame| shown(frame)) {
        // A closure and its function may be one line.
        if frame.place.is_none() || frame.place != last {
            lines.push(line(frame));
        }
        last.clone_from(&frame.place);
    }
    if let Some(leaf) = leaf {
        lines.push(line(leaf));
    }
    let is_service = |frame: &&Frame| origin(frame) == Origin::Service;
    let place = frames.iter().filter(is_service).find_map(|frame| frame.place.as_ref());
    let place = place.or_else(|| frames.get(innermost?)?.place.as_ref());
    let leaf = leaf.map(name);
    Chain { lines, location: place.map(ToString::to_string), leaf }
}

fn line(frame: &Frame) -> String {
    let mut text = name(frame);
    if let Some(place) = &frame.place {
        _ = write!(text, " at {place}");
    }
    text
}

fn name(frame: &Frame) -> String {
    if origin(frame) == Origin::Oserver {
        let file = frame.place.as_ref().map_or("", |place| &*place.file);
        let is_in = |module: &str| {
            file.contains(&format!("/{module}/")) || frame.name.contains(&format!("::{module}::"))
        };
        if is_in("actor") {
            return "the answer of an actor".into();
        }
        if is_in("body") || is_in("request") {
            return "the body of the request".into();
        }
    }
    frame::tidy(frame).into_owned()
}

fn origin(frame: &Frame) -> Origin {
    let Some(name) = crate_of(frame) else {
        // Rust's functions have paths, except in builds that have lines alone.
        let is_c = !frame.name.contains("::")
            && frame.place.as_ref().is_none_or(|place| !place.file.ends_with(".rs"));
        return if is_c { Origin::Machinery } else { Origin::Service };
    };
    let file = frame.place.as_ref().map_or("", |place| &*place.file);
    match &*name {
        "core" | "alloc" | "std" | "test" => Origin::Std,
        name if name.starts_with("oserver_") => Origin::Oserver,
        name if MACHINERY.contains(&name) => Origin::Machinery,
        _ if is_of_library(file) => Origin::Library,
        _ => Origin::Service,
    }
}

fn is_of_library(file: &str) -> bool {
    ["/registry/src/", "/git/checkouts/", "/vendor/"].iter().any(|part| file.contains(part))
}

/// The crate whose code the place is in: a macro's expansion is of the macro's crate. Where there is no place,
/// the crate of the function.
fn crate_of(frame: &Frame) -> Option<String> {
    if let Some(place) = &frame.place {
        let file = place.file.as_str();
        if frame::is_of_std(file) {
            return Some("std".into());
        }
        // Folder of the package: `tokio-1.54.1`, or `oserver-runtime` in its own workspace.
        let package = file.rsplit_once("/src/").and_then(|(package, _)| package.rsplit('/').next());
        if let Some(package) = package {
            let own = ["oserver-runtime", "oserver-stacks", "oserver-state"];
            let is_own = own.iter().any(|own| package.starts_with(own));
            if is_own || is_of_library(file) {
                let end = package.find(|letter: char| letter.is_ascii_digit() || letter == '.');
                let name = match end {
                    Some(end) if package[..end].ends_with('-') => &package[..end - 1],
                    _ => package,
                };
                return Some(name.replace('-', "_"));
            }
        }
    }
    let path =
        frame.name.trim_start_matches(|letter: char| !letter.is_alphabetic() && letter != '_');
    let path = path.trim_start_matches("mut ").trim_start_matches("dyn ");
    let (first, _) = path.split_once("::")?;
    first.chars().all(|letter| letter.is_alphanumeric() || letter == '_').then(|| first.to_owned())
}

#[cfg(test)]
mod tests;
