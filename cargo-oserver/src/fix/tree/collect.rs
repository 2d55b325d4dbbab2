//! One walk over the syntax tree.

use std::ops::Range;

use syn::visit::{self, Visit};

use super::functions::{self, BindSite, Inside, PathSite, ServeSite, UseSite};
use super::types;
use super::{Tree, place, range};
use crate::syntax::Place;

pub(super) fn collect(file: &syn::File, text: &str) -> Tree {
    let mut collect = Collect {
        text,
        tree: Tree::default(),
        modules: Vec::new(),
        functions: Vec::new(),
        inside: Inside::Module,
        after: 0,
        call: String::new(),
        route: None,
        variable: None,
    };
    collect.items(&file.items);
    collect.tree
}

pub(super) struct Collect<'t> {
    text: &'t str,
    tree: Tree,
    pub(super) modules: Vec<String>,
    functions: Vec<Place>,
    inside: Inside,
    pub(super) after: usize,
    /// Name of the call whose arguments are visited.
    pub(super) call: String,
    pub(super) route: Option<String>,
    /// The name that the `let` gives whose value is visited.
    variable: Option<(String, usize)>,
}

impl Collect<'_> {
    /// The items of a module.
    fn items(&mut self, items: &[syn::Item]) {
        for item in items {
            let outer = std::mem::replace(&mut self.after, range(item).end);
            self.visit_item(item);
            self.after = outer;
        }
    }

    pub(super) fn slice(&self, range: &Range<usize>) -> &str {
        self.text.get(range.clone()).unwrap_or_default()
    }

    fn function(
        &mut self,
        attrs: &[syn::Attribute],
        vis: &syn::Visibility,
        sig: &syn::Signature,
        block: &syn::Block,
        item: Range<usize>,
    ) {
        let mut site = functions::site(attrs, vis, sig, block, item);
        site.inside = if self.functions.is_empty() { self.inside } else { Inside::Body };
        site.after = self.after;
        site.modules.clone_from(&self.modules);
        self.functions.push(site.place);
        self.tree.names.push(site.name.clone());
        self.tree.fns.push(site);
        self.visit_block(block);
        self.functions.pop();
    }

    fn uses(&mut self, tree: &syn::UseTree, path: &str, item: &Range<usize>, group: bool) {
        let join = |name: &syn::Ident| match path {
            "" => name.to_string(),
            path => format!("{path}::{name}"),
        };
        let mut add = |name: String, path: String, ident: &syn::Ident, renamed: bool| {
            self.tree.uses.push(UseSite {
                name,
                path,
                ident: ident.span().byte_range(),
                item: item.clone(),
                group,
                renamed,
                modules: self.modules.clone(),
            });
        };
        match tree {
            syn::UseTree::Path(inner) => self.uses(&inner.tree, &join(&inner.ident), item, group),
            syn::UseTree::Name(inner) => {
                let full = if inner.ident == "self" { path.to_owned() } else { join(&inner.ident) };
                let name = full.rsplit("::").next().unwrap_or_default().to_owned();
                add(name, full, &inner.ident, false);
            }
            syn::UseTree::Rename(inner) => {
                add(inner.rename.to_string(), join(&inner.ident), &inner.ident, true);
            }
            syn::UseTree::Group(inner) => {
                let several = inner.items.len() > 1;
                inner.items.iter().for_each(|part| self.uses(part, path, item, group || several));
            }
            syn::UseTree::Glob(_) => {}
        }
    }

    fn argument_of(&mut self, call: String, arg: &syn::Expr) {
        let outer = std::mem::replace(&mut self.call, call);
        self.visit_expr(arg);
        self.call = outer;
    }

    /// `axum::serve(listener, app)`, with what follows it.
    fn serve(&mut self, call: &syn::ExprCall) {
        let syn::Expr::Path(path) = &*call.func else { return };
        let names: Vec<String> =
            path.path.segments.iter().map(|part| part.ident.to_string()).collect();
        let imported = names.len() == 1 && self.tree.imports("serve", &["axum"]);
        let is = names == ["axum", "serve"] || (imported && names[0] == "serve");
        if names.ends_with(&["TcpListener".to_owned(), "bind".to_owned()]) && call.args.len() == 1 {
            self.tree.binds.push(BindSite {
                callee: range(&*call.func),
                address: range(&call.args[0]),
                variable: self.variable.clone(),
            });
        }
        if !is || call.args.len() != 2 {
            return;
        }
        self.tree.serves.push(ServeSite {
            place: place(path.path.segments[0].ident.span()),
            callee: range(&*call.func),
            listener: range(&call.args[0]),
            app: range(&call.args[1]),
            function: self.functions.last().copied(),
        });
    }
}

impl<'ast> Visit<'ast> for Collect<'_> {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.uses(&item.tree, "", &range(item), false);
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        let Some((_, items)) = &item.content else { return };
        self.modules.push(item.ident.to_string());
        let functions = std::mem::take(&mut self.functions);
        self.items(items);
        self.functions = functions;
        self.modules.pop();
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.function(&item.attrs, &item.vis, &item.sig, &item.block, range(item));
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        let inside = if item.trait_.is_some() { Inside::Trait } else { Inside::Impl };
        let outer = std::mem::replace(&mut self.inside, inside);
        visit::visit_item_impl(self, item);
        self.inside = outer;
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.function(&item.attrs, &item.vis, &item.sig, &item.block, range(item));
    }

    fn visit_item_trait(&mut self, item: &'ast syn::ItemTrait) {
        self.tree.traits.push(types::of_trait(item));
        let outer = std::mem::replace(&mut self.inside, Inside::Trait);
        visit::visit_item_trait(self, item);
        self.inside = outer;
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        if let Some(block) = &item.default {
            self.function(&item.attrs, &syn::Visibility::Inherited, &item.sig, block, range(item));
        }
    }

    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        self.tree.types.push(types::of_struct(item));
    }

    fn visit_item_enum(&mut self, item: &'ast syn::ItemEnum) {
        self.tree.types.push(types::of_enum(item));
    }

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        self.serve(call);
        let name = match &*call.func {
            syn::Expr::Path(path) => {
                path.path.segments.last().map(|last| last.ident.to_string()).unwrap_or_default()
            }
            other => {
                self.visit_expr(other);
                String::new()
            }
        };
        for arg in &call.args {
            self.argument_of(name.clone(), arg);
        }
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        self.visit_expr(&call.receiver);
        let name = call.method.to_string();
        let routes = matches!(&*name, "route" | "route_service" | "api_route");
        let outer = self.route.clone();
        if routes {
            self.route = call.args.first().map(|first| self.slice(&range(first)).to_owned());
        }
        for arg in &call.args {
            self.argument_of(name.clone(), arg);
        }
        if routes {
            self.route = outer;
        }
    }

    fn visit_local(&mut self, local: &'ast syn::Local) {
        let pattern = match &local.pat {
            syn::Pat::Type(typed) => &*typed.pat,
            other => other,
        };
        let name = match pattern {
            syn::Pat::Ident(name) => {
                Some((name.ident.to_string(), name.ident.span().byte_range().start))
            }
            _ => None,
        };
        self.tree.lets.extend(name.clone());
        let outer = std::mem::replace(&mut self.variable, name);
        visit::visit_local(self, local);
        self.variable = outer;
    }

    fn visit_expr_closure(&mut self, closure: &'ast syn::ExprClosure) {
        let site = self.closure(closure);
        self.tree.closures.push(site);
        visit::visit_expr_closure(self, closure);
    }

    fn visit_expr_path(&mut self, path: &'ast syn::ExprPath) {
        let Some(last) = path.path.segments.last() else { return };
        if path.qself.is_some() {
            return;
        }
        self.tree.paths.push(PathSite {
            names: path.path.segments.iter().map(|part| part.ident.to_string()).collect(),
            last: last.ident.span().byte_range(),
            modules: self.modules.clone(),
            call: self.call.clone(),
        });
    }
}
