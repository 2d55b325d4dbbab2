//! From syn's tree to what is kept. The tree and its spans end here.

mod attributes;
mod bodies;
mod items;
mod macros;
mod paths;
mod patterns;

use proc_macro2::Span;

use super::{Items, Place};
use crate::text::{self, Skim};

/// What a file may be at most.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes.
    pub size: u64,
    /// How deep delimiters and operators may nest.
    pub depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { size: 8 << 20, depth: 4_000 }
    }
}

/// What is kept of a file.
#[derive(Debug, Default)]
pub struct Lowered {
    pub items: Items,
    /// Whether it names what servers are made of.
    pub server: bool,
}

/// What lowering needs to know beside the tree.
pub(super) struct Context<'a> {
    source: &'a str,
    /// Whether bodies are kept.
    bodies: bool,
}

impl Context<'_> {
    fn text(&self, span: Span) -> &str {
        self.source.get(span.byte_range()).unwrap_or_default()
    }
}

/// # Errors
/// The place and the words of what does not parse.
pub fn lower(source: &str, limits: Limits, whole: bool) -> Result<Lowered, (Place, String)> {
    let skim = text::skim(source, limits.depth, whole)?;
    let lowered = parse(source, &skim);
    // Spans of all files would otherwise be kept for as long as the thread lives.
    proc_macro2::extra::invalidate_current_thread_spans();
    lowered
}

fn parse(source: &str, skim: &Skim) -> Result<Lowered, (Place, String)> {
    let file =
        syn::parse_file(&skim.text).map_err(|error| (place(error.span()), error.to_string()))?;
    let context = Context { source, bodies: skim.matters };
    Ok(Lowered { items: items::items(&file.items, &context), server: skim.server })
}

fn place(span: Span) -> Place {
    let start = span.start();
    Place {
        line: u32::try_from(start.line).unwrap_or(u32::MAX),
        column: u32::try_from(start.column + 1).unwrap_or(u32::MAX),
    }
}
