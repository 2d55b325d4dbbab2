//! The meaning of each name in a body: a variable, which belongs to one request, or an item.

use std::collections::HashSet;

use syn::visit::{self, Visit};
use syn::{FnArg, Item, Pat, PatIdent, Signature, Stmt, UseTree};

use super::names::plain;

/// The meaning of a name that stands alone, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// A variable, or an item that is only known where no assertion can stand.
    Local,
    /// A constant of a block of the body, but of no other function.
    Constant,
    /// An item of the block with this number, or of none of the body's.
    Item(usize),
}

#[derive(Debug, Default)]
struct Scope {
    number: usize,
    variables: HashSet<String>,
    types: HashSet<String>,
    constants: HashSet<String>,
    items: HashSet<String>,
    /// Its items are not known where its assertions stand.
    is_hidden: bool,
}

/// From the outermost to the innermost.
#[derive(Debug, Default)]
pub(super) struct Scopes {
    stack: Vec<Scope>,
    count: usize,
}

impl Scopes {
    /// The parameters of a function.
    pub(super) fn of(signature: &Signature) -> Self {
        let mut scopes = Self::default();
        scopes.enter();
        for input in &signature.inputs {
            if let FnArg::Typed(parameter) = input {
                scopes.bind(&parameter.pat);
            }
        }
        scopes
    }

    /// Returns the scopes of a function inside of the body: it sees the items outside, and not the variables.
    pub(super) fn inside(&self, signature: &Signature) -> Self {
        self.items_around(Self::of(signature))
    }

    /// Returns the scopes of a closure in a constant, in the same way.
    pub(super) fn inside_closure<'p>(&self, inputs: impl IntoIterator<Item = &'p Pat>) -> Self {
        let mut scopes = Self::default();
        scopes.enter();
        inputs.into_iter().for_each(|input| scopes.bind(input));
        self.items_around(scopes)
    }

    fn items_around(&self, mut scopes: Self) -> Self {
        scopes.count = self.count;
        let items = self.stack.iter().map(|scope| Scope {
            number: scope.number,
            variables: scope.types.clone(),
            types: scope.types.clone(),
            constants: scope.constants.clone(),
            items: scope.items.clone(),
            is_hidden: scope.is_hidden,
        });
        scopes.stack.splice(0..0, items);
        scopes
    }

    pub(super) fn enter(&mut self) {
        self.count += 1;
        self.stack.push(Scope { number: self.count, ..Scope::default() });
    }

    /// Enters a block.
    pub(super) fn enter_block(&mut self, statements: &[Stmt], is_hidden: bool) {
        self.enter();
        let scope = self.stack.last_mut().expect("entered above");
        scope.is_hidden = is_hidden;
        for statement in statements {
            if let Stmt::Item(item) = statement {
                scope.declare(item);
            }
        }
    }

    pub(super) fn leave(&mut self) {
        self.stack.pop();
    }

    /// Binds the names of a pattern in the innermost scope.
    pub(super) fn bind(&mut self, pattern: &Pat) {
        let mut names = Names::default();
        names.visit_pat(pattern);
        self.bind_names(names.0);
    }

    pub(super) fn bind_names(&mut self, names: impl IntoIterator<Item = String>) {
        if let Some(scope) = self.stack.last_mut() {
            scope.variables.extend(names);
        }
    }

    pub(super) fn meaning(&self, name: &str) -> Meaning {
        for scope in self.stack.iter().rev() {
            if scope.variables.contains(name) {
                return Meaning::Local;
            }
            let is_constant = scope.constants.contains(name);
            if is_constant || scope.items.contains(name) {
                return match (scope.is_hidden, is_constant) {
                    (true, _) => Meaning::Local,
                    (false, true) => Meaning::Constant,
                    (false, false) => Meaning::Item(scope.number),
                };
            }
        }
        Meaning::Item(0)
    }
}

impl Scope {
    fn declare(&mut self, item: &Item) {
        match item {
            Item::Const(item) => _ = self.constants.insert(plain(&item.ident)),
            Item::Static(item) => _ = self.items.insert(plain(&item.ident)),
            Item::Fn(item) => _ = self.items.insert(plain(&item.sig.ident)),
            // Its only value, if it has no fields.
            Item::Struct(item) => {
                self.types.insert(plain(&item.ident));
                self.variables.insert(plain(&item.ident));
            }
            Item::Use(item) => self.import(&item.tree),
            _ => {}
        }
    }

    fn import(&mut self, tree: &UseTree) {
        match tree {
            UseTree::Path(path) => self.import(&path.tree),
            UseTree::Name(name) => _ = self.items.insert(plain(&name.ident)),
            UseTree::Rename(renamed) => _ = self.items.insert(plain(&renamed.rename)),
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.import(tree)),
            _ => {}
        }
    }
}

#[derive(Default)]
struct Names(Vec<String>);

impl<'ast> Visit<'ast> for Names {
    fn visit_pat_ident(&mut self, pattern: &'ast PatIdent) {
        self.0.push(plain(&pattern.ident));
        visit::visit_pat_ident(self, pattern);
    }
}
