//! Accept loops of the plainest kind: each connection is spawned and served by hyper, and nothing else happens.

mod inside;

use std::ops::Range;

use syn::visit::{self, Visit};

use inside::Inside;

use super::{place, range, visit_text};
use crate::syntax::Place;

/// `loop { accept; spawn(async move { serve_connection(io, service) }) }`
#[derive(Clone, Debug)]
pub(in crate::fix) struct LoopSite {
    /// The place of `loop`.
    pub(in crate::fix) place: Place,
    pub(in crate::fix) whole: Range<usize>,
    /// The variable that accepts.
    pub(in crate::fix) listener: String,
    pub(in crate::fix) service: Served,
    /// The function around it.
    pub(in crate::fix) function: Place,
    /// Whether it is the last thing in that function.
    pub(in crate::fix) last: bool,
}

/// The service that hyper calls for each request.
#[derive(Clone, Debug)]
pub(in crate::fix) enum Served {
    /// `service_fn(hello)`
    Function(String),
    /// A router, or another service of tower's: `app` of `let service = app.clone();`.
    Service(String),
}

/// Returns all such loops of a file.
pub(in crate::fix) fn loops(text: &str) -> Vec<LoopSite> {
    let mut look = Look { text, functions: Vec::new(), found: Vec::new() };
    visit_text(text, &mut look);
    look.found
}

struct Look<'t> {
    text: &'t str,
    /// The functions around, each with where its last statement begins.
    functions: Vec<(Place, usize)>,
    found: Vec<LoopSite>,
}

impl Look<'_> {
    fn function(&mut self, sig: &syn::Signature, block: &syn::Block) {
        let last = block.stmts.last().map_or(0, |stmt| range(stmt).start);
        self.functions.push((place(sig.fn_token.span), last));
        self.visit_block(block);
        self.functions.pop();
    }

    fn slice(&self, node: &impl syn::spanned::Spanned) -> &str {
        self.text.get(range(node)).unwrap_or_default()
    }

    fn site(&self, found: &syn::ExprLoop) -> Option<LoopSite> {
        let (function, last) = *self.functions.last()?;
        let mut inside = Inside::new(self);
        inside.visit_block(&found.body);
        if inside.other || inside.accepts.len() != 1 || inside.spawns != 1 {
            return None;
        }
        let served = inside.served?;
        let whole = range(found);
        Some(LoopSite {
            place: place(found.loop_token.span),
            listener: inside.accepts.into_iter().next()?,
            service: inside
                .lets
                .iter()
                .find_map(|(name, service)| match &served {
                    Served::Service(known) if known == name => Some(service.clone()),
                    _ => None,
                })
                .unwrap_or(served),
            function,
            last: whole.start == last,
            whole,
        })
    }
}

impl Visit<'_> for Look<'_> {
    fn visit_item_fn(&mut self, item: &syn::ItemFn) {
        self.function(&item.sig, &item.block);
    }

    fn visit_impl_item_fn(&mut self, item: &syn::ImplItemFn) {
        self.function(&item.sig, &item.block);
    }

    fn visit_expr_loop(&mut self, found: &syn::ExprLoop) {
        match self.site(found) {
            Some(site) => self.found.push(site),
            None => visit::visit_expr_loop(self, found),
        }
    }
}
