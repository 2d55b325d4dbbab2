//! The way of a server's error: `axum::serve` has an `std::io::Error`, `oserver::serve` has its own.

use super::Source;
use crate::fix::edits::Edit;
use crate::fix::tree::{FnSite, ServeSite};

/// The error was an `std::io::Error`. Where a function wants that, or makes an error of its own of it, it gets one.
pub(super) fn error_way(
    site: &ServeSite,
    function: Option<&FnSite>,
    source: &Source,
) -> Option<Edit> {
    let text = &source.text;
    let awaits = source.tree.awaits.iter();
    let (_, end) = awaits.copied().find(|(start, _)| *start == site.callee.start)?;
    let output = text.get(function?.output.clone())?;
    let body = function?.body.clone();
    let rest = text.get(end..)?.trim_start();
    let is_last = !output.is_empty() && text.len() - rest.len() + 1 == body.end;
    let mapped = rest.strip_prefix(".map_err(").map(str::trim_start);
    let wanted = if rest.starts_with('?') {
        way_of(output, text.get(body)?, source).is_none_or(|way| way.is_some())
    } else {
        is_last || mapped.is_some_and(|map| !map.starts_with('|') && !map.starts_with("move"))
    };
    wanted.then(|| Edit::insert(end, format!(".map_err({IO_ERROR})")))
}

/// The function that makes an `std::io::Error` of any error.
const IO_ERROR: &str = "std::io::Error::other";

/// Returns the conversion to the function's error type: `Some(None)` where `?` converts; `None` if it is unknown.
pub(super) fn way_of(output: &str, whole: &str, source: &Source) -> Option<Option<&'static str>> {
    let imports = |crates: &[&str]| source.tree.imports("Result", crates);
    if output.contains("io::Result") || output.contains("io::Error") {
        return Some(Some(IO_ERROR));
    }
    let any = ["anyhow", "eyre", "oserver::Result", "Box<dyn"];
    let is_any = any.iter().any(|name| output.contains(name))
        || imports(&["anyhow", "eyre", "color_eyre"])
        || whole.contains("Box<dyn");
    is_any.then_some(None)
}
