//! Context of lowering a file, beside its tree: the known macros, and the kept parts.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use proc_macro2::{TokenStream, TokenTree};
use syn::{Item, Macro};

use super::expand::Rules;
use super::{Lookup, MacroText};
use crate::syntax::Name;

/// The limit of nested macros.
const DEEPEST: u32 = 12;
/// The limit of tokens that all macros of a file generate.
const BUDGET: usize = 200_000;

pub(super) struct Context<'a> {
    /// Whether bodies are kept.
    pub(super) bodies: bool,
    /// The calls of bodies that were left out before parsing, by the offsets of their opening braces.
    pub(super) mentions: Rc<HashMap<usize, Box<[Name]>>>,
    /// By name; `None`: there is no definition of it.
    macros: RefCell<HashMap<String, Option<Rc<Rules>>>>,
    elsewhere: Lookup<'a>,
    defined: RefCell<Vec<MacroText>>,
    missing: RefCell<BTreeSet<Box<str>>>,
    depth: Cell<u32>,
    budget: Cell<usize>,
}

impl<'a> Context<'a> {
    pub(super) fn new(
        bodies: bool,
        mentions: Rc<HashMap<usize, Box<[Name]>>>,
        elsewhere: Lookup<'a>,
    ) -> Self {
        Self {
            bodies,
            mentions,
            macros: RefCell::default(),
            elsewhere,
            defined: RefCell::default(),
            missing: RefCell::default(),
            depth: Cell::new(0),
            budget: Cell::new(BUDGET),
        }
    }

    /// Takes up the macros that a file defines, before what calls them.
    pub(super) fn collect(&self, items: &[Item]) {
        for item in items {
            match item {
                Item::Macro(item) => self.define(item),
                Item::Mod(item) => {
                    item.content.iter().for_each(|(_, items)| self.collect(items));
                }
                _ => {}
            }
        }
    }

    pub(super) fn define(&self, item: &syn::ItemMacro) {
        let Some(name) = &item.ident else { return };
        let name = name.to_string();
        let mut defined = self.defined.borrow_mut();
        if defined.iter().any(|(known, _)| **known == *name) {
            return;
        }
        let rules = Rules::parse(item.mac.tokens.clone());
        self.macros.borrow_mut().insert(name.clone(), Some(Rc::new(rules)));
        defined.push((name.into(), item.mac.tokens.to_string().into()));
    }

    /// Continues with the expansion of a call of a known macro.
    pub(super) fn expanded<T>(
        &self,
        mac: &Macro,
        go: impl FnOnce(TokenStream) -> Option<T>,
    ) -> Option<T> {
        let name = mac.path.segments.last()?;
        let rules = self.rules(&name.ident.to_string())?;
        if self.depth.get() >= DEEPEST {
            return None;
        }
        let call = name.ident.span();
        let tokens = rules.expand(mac.tokens.clone(), call)?;
        self.budget.set(self.budget.get().checked_sub(count(tokens.clone(), BUDGET)?)?);
        self.depth.set(self.depth.get() + 1);
        let result = go(tokens);
        self.depth.set(self.depth.get() - 1);
        result
    }

    /// Its own definition, or that of another file.
    fn rules(&self, name: &str) -> Option<Rc<Rules>> {
        if let Some(known) = self.macros.borrow().get(name) {
            return known.clone();
        }
        let text = (self.elsewhere)(name).and_then(|text| text.parse().ok());
        let rules = text.map(|tokens| Rc::new(Rules::parse(tokens)));
        if rules.is_none() {
            self.missing.borrow_mut().insert(name.into());
        }
        self.macros.borrow_mut().insert(name.to_owned(), rules.clone());
        rules
    }

    pub(super) fn into_macros(self) -> (Vec<MacroText>, Vec<Box<str>>) {
        (self.defined.into_inner(), self.missing.into_inner().into_iter().collect())
    }
}

/// Returns all tokens, also in groups; `None` above the limit.
fn count(tokens: TokenStream, limit: usize) -> Option<usize> {
    let mut number = 0;
    for token in tokens {
        number += 1;
        if let TokenTree::Group(group) = token {
            number += count(group.stream(), limit)?;
        }
        if number > limit {
            return None;
        }
    }
    Some(number)
}
