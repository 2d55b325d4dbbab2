//! One function on a stack, and the text of a std backtrace read as such.

use std::borrow::Cow;
use std::fmt;

/// A function that was called, and the place in it from which the next was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Frame {
    /// As the symbols have it. Builds with `debug = "line-tables-only"` have the last part alone.
    pub(super) name: String,
    pub(super) place: Option<Place>,
}

#[cfg(feature = "ptrace")]
impl From<crate::RawFrame> for Frame {
    fn from(frame: crate::RawFrame) -> Self {
        let place = frame.place.map(|(file, line, column)| {
            // As std writes it in a backtrace.
            let folder = std::env::current_dir().unwrap_or_default();
            let below = std::path::Path::new(&file).strip_prefix(&folder).ok();
            let below = below.filter(|_| folder.components().count() > 1);
            let file = below.map_or(file.clone(), |below| below.to_string_lossy().into_owned());
            Place { file, line, column }
        });
        Self { name: frame.name, place }
    }
}

/// A place in the source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) file: String,
    pub(super) line: u32,
    pub(super) column: Option<u32>,
}

impl Place {
    /// The file without what only says where the crate's source was kept.
    pub(super) fn short_file(&self) -> &str {
        let file = self.file.strip_prefix("./").unwrap_or(&self.file);
        if let Some((_, rest)) = file.split_once("/registry/src/") {
            // After the folder of the registry.
            return rest.split_once('/').map_or(rest, |(_, file)| file);
        }
        if let Some((_, rest)) = file.split_once("/git/checkouts/") {
            return rest;
        }
        file.split_once("/library/").filter(|_| is_of_std(file)).map_or(file, |(_, file)| file)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.short_file(), self.line)?;
        self.column.map_or(Ok(()), |column| write!(formatter, ":{column}"))
    }
}

/// Whether std's source is meant: as it was built, or as `rust-src` has it.
pub(super) fn is_of_std(file: &str) -> bool {
    file.starts_with("/rustc/") || file.contains("/rustlib/src/rust/library/")
}

/// Reads what a [`Backtrace`](std::backtrace::Backtrace) displays, innermost first.
pub(super) fn parse(text: &str) -> Vec<Frame> {
    let mut frames: Vec<Frame> = Vec::new();
    for line in text.lines() {
        let line = line.trim();
        if let Some(place) = line.strip_prefix("at ") {
            if let (Some(last), Some(place)) = (frames.last_mut(), parse_place(place)) {
                last.place.get_or_insert(place);
            }
        } else if !line.is_empty() {
            // One that was built into the frame before it has no number.
            let name = match line.split_once(": ") {
                Some((number, name)) if number.bytes().all(|byte| byte.is_ascii_digit()) => name,
                _ => line,
            };
            frames.push(Frame { name: name.to_owned(), place: None });
        }
    }
    frames
}

/// `file:line:column`, or without the column.
fn parse_place(text: &str) -> Option<Place> {
    let (rest, last) = text.rsplit_once(':')?;
    let last = last.parse().ok()?;
    match rest.rsplit_once(':').and_then(|(file, line)| Some((file, line.parse().ok()?))) {
        Some((file, line)) => Some(Place { file: file.to_owned(), line, column: Some(last) }),
        None => Some(Place { file: rest.to_owned(), line: last, column: None }),
    }
}

/// The name of a function for people: of the async function that a closure is the body of, of the future whose
/// `poll` it is. Without symbols for it, the module that its file is.
pub(super) fn tidy(frame: &Frame) -> Cow<'_, str> {
    let mut name = frame.name.as_str();
    while let Some(outer) = without_closure(name) {
        name = outer;
    }
    if let Some((of, _)) = name
        .strip_prefix('<')
        .and_then(|rest| rest.rsplit_once(" as core::future::future::Future>::poll"))
    {
        name = of;
    }
    if name.contains("::") && !name.starts_with('{') && !is_short(name) {
        return name.into();
    }
    // `poll<core::task::poll::Poll<()>>`, `{async_fn#0}`.
    let own = name.split('<').next().unwrap_or(name);
    let own = if own.starts_with('{') { "" } else { own };
    match (frame.place.as_ref().and_then(module), own) {
        (Some(module), "") => module.into(),
        (Some(module), own) => format!("{module}::{own}").into(),
        (None, "") => "an async function".into(),
        (None, own) => own.to_owned().into(),
    }
}

/// Without the last part, if it is one that the compiler made.
fn without_closure(name: &str) -> Option<&str> {
    let (outer, last) = name.rsplit_once("::{")?;
    (last.ends_with('}') && !outer.is_empty()).then_some(outer)
}

/// A name whose only paths are in its type parameters.
fn is_short(name: &str) -> bool {
    !name.starts_with('<') && name.find('<').is_some_and(|open| !name[..open].contains("::"))
}

/// The module of a file, as in `tokio::time::sleep`; for files of libraries only.
fn module(place: &Place) -> Option<String> {
    let file = place.short_file();
    let (package, path) = file.split_once("/src/")?;
    let package = package.rsplit('/').next()?;
    // `tokio-1.54.1`
    let name = match package.rsplit_once('-') {
        Some((name, version)) if version.starts_with(|first: char| first.is_ascii_digit()) => name,
        _ => package,
    };
    let path = path.strip_suffix(".rs")?;
    let path =
        ["/mod", "/lib", "/main"].iter().find_map(|end| path.strip_suffix(end)).unwrap_or(path);
    let mut module = name.replace('-', "_");
    if !matches!(path, "lib" | "main") {
        module.push_str("::");
        module.push_str(&path.replace('/', "::"));
    }
    Some(module)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKIO: &str = "/home/u/.cargo/registry/src/index.crates.io-1949/tokio-1.54.1/src/";

    fn frame(name: &str, file: &str) -> Frame {
        let place = Place { file: file.into(), line: 7, column: Some(9) };
        Frame { name: name.into(), place: Some(place) }
    }

    #[test]
    fn the_text_of_std_is_read_with_and_without_places() {
        let text = format!(
            "   0: <&W as tokio::sync::WakerRef>::into_waker\n             at {TOKIO}a.rs:381:14\n  \
             1: app::h::{{{{closure}}}}\n             at ./src/main.rs:11:53\n      \
             inlined_into_it\n             at C:\\app\\main.rs:3\n  12: start_thread\n"
        );
        let frames = parse(&text);
        let names: Vec<_> = frames.iter().map(|frame| &*frame.name).collect();
        assert_eq!(
            names,
            [
                "<&W as tokio::sync::WakerRef>::into_waker",
                "app::h::{{closure}}",
                "inlined_into_it",
                "start_thread"
            ]
        );
        let places: Vec<_> =
            frames.iter().filter_map(|frame| Some(frame.place.as_ref()?.to_string())).collect();
        assert_eq!(
            places,
            ["tokio-1.54.1/src/a.rs:381:14", "src/main.rs:11:53", "C:\\app\\main.rs:3"]
        );
    }

    #[test]
    fn a_name_is_that_of_the_async_function_or_the_future() {
        let sleep = format!("{TOKIO}time/sleep.rs");
        for (name, file, expected) in [
            ("app::h::{{closure}}::{{closure}}", "./src/main.rs", "app::h"),
            ("app::h::{closure#0}", "./src/main.rs", "app::h"),
            ("app::h::{async_fn#0}::{async_block#2}", "./src/main.rs", "app::h"),
            (
                "<tokio::time::sleep::Sleep as core::future::future::Future>::poll",
                &sleep,
                "tokio::time::sleep::Sleep",
            ),
            (
                "tokio::sync::mpsc::Receiver<T>::recv::{{closure}}",
                &sleep,
                "tokio::sync::mpsc::Receiver<T>::recv",
            ),
            ("{async_fn#0}<u8>", &sleep, "tokio::time::sleep"),
            ("poll<core::task::poll::Poll<()>>", &sleep, "tokio::time::sleep::poll"),
            ("{async_fn#0}", "./src/main.rs", "an async function"),
            ("helper", "./src/main.rs", "helper"),
            ("clock_nanosleep", "./nptl/sleep.c", "clock_nanosleep"),
        ] {
            assert_eq!(tidy(&frame(name, file)), expected, "{name}");
        }
    }
}
