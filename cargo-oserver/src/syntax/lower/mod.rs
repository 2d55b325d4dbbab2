//! Lowers syn's tree to the parts that are kept. The tree and its spans end here.

mod attributes;
mod bodies;
mod cfg;
mod context;
mod expand;
mod functions;
mod items;
mod macros;
mod paths;
mod patterns;

pub use attributes::string as attribute_string;
use context::Context;
use std::rc::Rc;

use proc_macro2::Span;

use super::{Items, Place};
use crate::text::{self, Bodies, Skim};

/// The limits of a source file.
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

/// The parts of a source file that are kept.
#[derive(Debug, Default)]
pub struct Lowered {
    pub items: Items,
    /// Whether it names what servers are made of.
    pub server: bool,
    /// Macros that it defines, by name, with their arms as text.
    pub macros: Vec<MacroText>,
    /// Macros that it calls, and of which it has no definition.
    pub missing: Vec<Box<str>>,
}

/// A `macro_rules!` for other files.
pub type MacroText = (Box<str>, Box<str>);

/// Returns the text of a macro that another file defines.
pub type Lookup<'a> = &'a dyn Fn(&str) -> Option<&'a str>;

/// Takes items away from a parsed file, before anything of it is kept.
pub type Prepare<'a> = &'a (dyn Fn(&mut syn::File) + Sync);

/// # Errors
/// The place and the words of what does not parse.
pub fn lower(
    source: &str,
    limits: Limits,
    bodies: Bodies,
    macros: Lookup<'_>,
    prepare: Prepare<'_>,
) -> Result<Lowered, (Place, String)> {
    let skim = text::skim(source, limits.depth, bodies)?;
    let mut lowered = parse(&skim, bodies, macros, prepare);
    if lowered.is_err() && bodies != Bodies::All {
        // The text that was left out before parsing may have been needed.
        let whole = text::skim(source, limits.depth, Bodies::All)?;
        lowered = parse(&Skim { text: whole.text, ..skim }, bodies, macros, prepare);
    }
    // Spans of all files would otherwise be kept for as long as the thread lives.
    proc_macro2::extra::invalidate_current_thread_spans();
    lowered
}

fn parse(
    skim: &Skim,
    bodies: Bodies,
    macros: Lookup<'_>,
    prepare: Prepare<'_>,
) -> Result<Lowered, (Place, String)> {
    let mut file =
        syn::parse_file(&skim.text).map_err(|error| (place(error.span()), error.to_string()))?;
    prepare(&mut file);
    // In the large, macros of other files are of interest where servers are.
    let expands = skim.server || bodies != Bodies::OfServers;
    let mentions = Rc::clone(&skim.mentions);
    let context = Context::new(skim.matters, mentions, if expands { macros } else { &|_| None });
    context.collect(&file.items);
    let mut items = items::items(&file.items, &context);
    items.test = attributes::test(&file.attrs);
    let (macros, missing) = context.into_macros();
    Ok(Lowered { items, server: skim.server, macros, missing })
}

fn place(span: Span) -> Place {
    let start = span.start();
    Place {
        line: u32::try_from(start.line).unwrap_or(u32::MAX),
        column: u32::try_from(start.column + 1).unwrap_or(u32::MAX),
    }
}
