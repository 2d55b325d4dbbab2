//! A stack as an on-call engineer reads it: outermost first, the functions of the service and its libraries by
//! name and line, without the machinery around and between them, and at last what is waited for.

use super::frame::{self, Frame, Place};

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
    "async_channel",
    "async_lock",
    "async_trait",
    "axum",
    "axum_core",
    "crossbeam_channel",
    "crossbeam_utils",
    "event_listener",
    "event_listener_strategy",
    "flume",
    "futures",
    "futures_channel",
    "futures_core",
    "futures_executor",
    "futures_util",
    "http_body",
    "http_body_util",
    "hyper",
    "hyper_util",
    "kanal",
    "libc",
    "lock_api",
    "mio",
    "once_cell",
    "parking_lot",
    "parking_lot_core",
    "pin_project",
    "pin_project_lite",
    "spin",
    "tokio",
    "tokio_stream",
    "tokio_util",
    "tower",
    "tower_http",
    "tower_layer",
    "tower_service",
    "tracing",
];

/// The contents of a stack, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Chain {
    /// Outermost first, one a line.
    pub(super) lines: Vec<String>,
    /// The innermost place in the service's code, as `file:line:column`.
    pub(super) location: Option<String>,
    /// The operation that is awaited or executed.
    pub(super) leaf: Option<String>,
}

/// Returns the chain of the stack that a poll captured; `frames` begin with the innermost.
pub(super) fn of_awaits(frames: &[Frame]) -> Chain {
    let end = frames.iter().rposition(is_boundary).unwrap_or(frames.len());
    // The clone of the waker, which is no part of the future.
    let start = frames[..end].iter().position(is_boundary).map_or(0, |clone| clone + 1);
    build(&frames[start..end], |origin, _| origin != Origin::Std)
}

/// Returns the chain of the stack of a whole thread; `frames` begin with the innermost.
#[cfg(any(test, feature = "ptrace"))]
pub(super) fn of_thread(frames: &[Frame]) -> Chain {
    let is_own = |frame: &Frame| origin(frame) == Origin::Oserver;
    let end = frames.iter().rposition(is_own).unwrap_or(frames.len());
    if !frames[..end].iter().any(is_shown) {
        // The symbols of the executable could not be read: those of libraries still say what is done.
        let lines = frames.first().map(|leaf| line(&name(leaf), leaf.place.as_ref()));
        let leaf = frames.first().map(name);
        return Chain { lines: lines.into_iter().collect(), location: None, leaf };
    }
    // `std::thread::sleep` says what is done, `core::ops::function::FnOnce::call_once` does not.
    build(&frames[..end], |origin, frame| {
        origin != Origin::Std || frame::tidy(frame).trim_start_matches('<').starts_with("std::")
    })
}

fn is_boundary(frame: &Frame) -> bool {
    crate_of(frame).as_deref() == Some("oserver_stacks")
}

fn is_shown(frame: &Frame) -> bool {
    matches!(origin(frame), Origin::Service | Origin::Library)
}

fn build(frames: &[Frame], can_be_leaf: impl Fn(Origin, &Frame) -> bool) -> Chain {
    let innermost = frames.iter().position(is_shown);
    // Without one, whoever was called first by oserver is all that is known.
    let inside = &frames[..innermost.unwrap_or(frames.len())];
    let inside = || inside.iter().rev().filter(|frame| can_be_leaf(origin(frame), frame));
    let leaf = inside().find(|frame| !is_combinator(frame)).or_else(|| inside().next());
    let shown = (0..frames.len()).filter(|index| is_shown(&frames[*index]));
    let shown = shown.filter(|index| !is_made_by_attribute(&frames[..=*index]));
    let mut shown: Vec<&Frame> = shown.map(|index| &frames[index]).collect();
    let mut last = leaf.map(|leaf| (name(leaf), leaf.place.as_ref()));
    if leaf.is_some_and(is_call_of_actor) && shown.len() > 1 {
        // The method that the attribute made: it says which command it is.
        let command = shown.remove(0);
        last = last.map(|(name, _)| (name, command.place.as_ref()));
    }
    let mut lines: Vec<String> = Vec::new();
    let mut place = None;
    for frame in shown.iter().rev() {
        // A closure and its function may be one line.
        if frame.place.is_none() || frame.place.as_ref() != place {
            lines.push(line(&frame::tidy(frame), frame.place.as_ref()));
        }
        place = frame.place.as_ref();
    }
    if let Some((name, place)) = &last {
        lines.push(line(name, *place));
    }
    let of_service = shown.iter().filter(|frame| origin(frame) == Origin::Service);
    let place = of_service.filter_map(|frame| frame.place.as_ref()).next();
    let place = place.or_else(|| shown.first()?.place.as_ref());
    Chain { lines, location: place.map(ToString::to_string), leaf: last.map(|(name, _)| name) }
}

fn line(name: &str, place: Option<&Place>) -> String {
    match place {
        Some(place) => format!("{name} at {place}"),
        None => name.to_owned(),
    }
}

/// Returns the name of the awaited operation, in words where it is oserver's own.
fn name(leaf: &Frame) -> String {
    if is_call_of_actor(leaf) {
        return "the answer of an actor".into();
    }
    if is_in(leaf, "guard", "blocking") {
        return "the thread that the handler runs on".into();
    }
    if is_in(leaf, "request", "body") {
        return "the body of the request".into();
    }
    frame::tidy(leaf).into_owned()
}

/// Whether the last of these is the function that `#[oserver::handler]` made: it puts the guard around the body.
fn is_made_by_attribute(frames: &[Frame]) -> bool {
    let inside = frames.iter().rev().skip(1);
    let inside = inside.clone().find(|frame| origin(frame) != Origin::Std);
    inside.is_some_and(|frame| is_in(frame, "guard", "run"))
}

/// Whether the code that `#[oserver::actor]` made for a command waits here.
fn is_call_of_actor(frame: &Frame) -> bool {
    is_in(frame, "actor", "handle")
}

/// Whether it is a function of this module of oserver's runtime.
fn is_in(frame: &Frame, room: &str, module: &str) -> bool {
    let place = frame.place.as_ref().map_or("", |place| &*place.file);
    origin(frame) == Origin::Oserver
        && (place.ends_with(&format!("/{room}/{module}.rs"))
            || frame.name.contains(&format!("::{room}::{module}::")))
}

/// Whether it only polls others, as the expansion of `join!` and `select!` does.
fn is_combinator(frame: &Frame) -> bool {
    let file = frame.place.as_ref().map_or("", |place| &*place.file);
    let folders = ["/src/macros/", "/src/future/", "/src/async_await/"];
    origin(frame) == Origin::Machinery && folders.iter().any(|folder| file.contains(folder))
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
