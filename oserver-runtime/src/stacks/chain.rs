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
mod tests {
    use super::*;
    use crate::stacks::frame::parse;

    /// As std writes it of a build with all symbols, here and there a frame left out.
    const SLEEP: &str = "
   0: oserver_stacks::clone
             at /x/oserver-stacks/src/lib.rs:56:25
   1: <core::task::wake::Waker as core::clone::Clone>::clone
             at /rustc/5980/library/core/src/task/wake.rs:619:29
  10: tokio::sync::task::atomic_waker::AtomicWaker::do_register
             at /r/.cargo/registry/src/index.crates.io-1949/tokio-1.54.1/src/sync/task/atomic_waker.rs:195:46
  16: <tokio::time::sleep::Sleep as core::future::future::Future>::poll
             at /r/.cargo/registry/src/index.crates.io-1949/tokio-1.54.1/src/time/sleep.rs:457:27
  17: sqlx::pool::acquire::{{closure}}
             at /r/.cargo/registry/src/index.crates.io-1949/sqlx-core-0.9.0/src/pool.rs:3:4
  18: st::two::{{closure}}
             at ./src/main.rs:10:38
  19: <core::pin::Pin<P> as core::future::future::Future>::poll
             at /rustc/5980/library/core/src/future/future.rs:133:9
  20: st::one::{{closure}}::{{closure}}
             at /r/.cargo/registry/src/index.crates.io-1949/tokio-1.54.1/src/macros/join.rs:179:24
  21: st::one::{{closure}}
             at ./src/main.rs:9:46
  22: oserver_stacks::poll
             at /x/oserver-stacks/src/lib.rs:42:18
  23: oserver_runtime::guard::run::poll_body
             at /x/oserver-runtime/src/guard/run.rs:42:18
  24: st::main
             at ./src/main.rs:1:1
";

    #[test]
    fn awaits_are_outermost_first_and_end_with_what_is_waited_for() {
        let chain = of_awaits(&parse(SLEEP));
        assert_eq!(
            chain.lines,
            [
                "st::one at src/main.rs:9:46",
                "st::two at src/main.rs:10:38",
                "sqlx::pool::acquire at sqlx-core-0.9.0/src/pool.rs:3:4",
                "tokio::time::sleep::Sleep at tokio-1.54.1/src/time/sleep.rs:457:27",
            ]
        );
        assert_eq!(chain.location.as_deref(), Some("src/main.rs:10:38"));
        assert_eq!(chain.leaf.as_deref(), Some("tokio::time::sleep::Sleep"));
    }

    #[test]
    fn a_build_with_lines_alone_says_as_much_as_it_can() {
        let text = "
   0: clone
             at /r/.cargo/registry/src/index.crates.io-1949/oserver-stacks-0.1.0/src/lib.rs:56:25
   1: clone
             at /rustc/5980/library/core/src/task/wake.rs:619:29
   5: poll_recv<u8>
             at /r/.cargo/registry/src/index.crates.io-1949/tokio-1.54.1/src/sync/oneshot.rs:1365:34
   6: poll<u8>
             at /r/.cargo/registry/src/index.crates.io-1949/tokio-1.54.1/src/sync/oneshot.rs:1287:36
   7: {async_fn#0}
             at ./src/main.rs:18:55
   8: poll<core::task::poll::Poll<()>, st::show::{closure_env#0}>
             at /r/.cargo/registry/src/index.crates.io-1949/oserver-stacks-0.1.0/src/lib.rs:42:18
   9: {async_fn#0}
             at ./src/main.rs:1:1
";
        let chain = of_awaits(&parse(text));
        assert_eq!(
            chain.lines,
            [
                "an async function at src/main.rs:18:55",
                "tokio::sync::oneshot::poll at tokio-1.54.1/src/sync/oneshot.rs:1287:36",
            ]
        );
    }

    #[test]
    fn a_thread_is_told_without_what_is_around_the_service() {
        let text = "
   0: clock_nanosleep
   1: std::sys::thread::unix::sleep
             at /rustc/5980/library/std/src/sys/thread/unix.rs:5:1
   2: std::thread::sleep
             at /rustc/5980/library/std/src/thread/mod.rs:9:5
   3: app::helper
             at /srv/app/src/db.rs:40:5
   4: app::handler::{{closure}}
             at /srv/app/src/main.rs:12:9
   5: core::ops::function::FnOnce::call_once
             at /rustc/5980/library/core/src/ops/function.rs:250:5
   6: oserver_runtime::guard::run::poll_body
             at /x/oserver-runtime/src/guard/run.rs:42:18
   7: axum::handler::call
             at /r/.cargo/registry/src/index.crates.io-1949/axum-0.8.9/src/handler/mod.rs:1:1
   8: app::layer::poll
             at /srv/app/src/layer.rs:7:7
   9: oserver_runtime::task::poll
             at /x/oserver-runtime/src/task/mod.rs:42:18
  10: tokio::runtime::worker::run
             at /r/.cargo/registry/src/index.crates.io-1949/tokio-1.54.1/src/runtime/worker.rs:1:1
  11: start_thread
";
        let chain = of_thread(&parse(text));
        assert_eq!(
            chain.lines,
            [
                "app::layer::poll at /srv/app/src/layer.rs:7:7",
                "app::handler at /srv/app/src/main.rs:12:9",
                "app::helper at /srv/app/src/db.rs:40:5",
                "std::thread::sleep at std/src/thread/mod.rs:9:5",
            ]
        );
        assert_eq!(chain.location.as_deref(), Some("/srv/app/src/db.rs:40:5"));
    }

    #[test]
    fn a_build_without_lines_has_names() {
        let text = "0: oserver_stacks::clone\n1: core::task::wake::Waker::clone\n\
                    2: <tokio::sync::oneshot::Receiver<T> as core::future::future::Future>::poll\n\
                    3: app::h::{{closure}}\n4: oserver_stacks::poll\n5: start_thread\n";
        let chain = of_awaits(&parse(text));
        assert_eq!(chain.lines, ["app::h", "tokio::sync::oneshot::Receiver<T>"]);
        assert_eq!(chain.location, None);
    }
}
