//! One walk over the syntax tree.

use std::ops::Range;

use syn::visit::{self, Visit};

use super::clone_block::Around;
use super::functions::{self, Inside, LetSite, PathSite};
use super::types;
use super::{Tree, range};
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
        called: 0..0,
        route: None,
        variable: None,
        around: None,
    };
    collect.items(&file.items);
    collect.tree
}

pub(super) struct Collect<'t> {
    text: &'t str,
    pub(super) tree: Tree,
    pub(super) modules: Vec<String>,
    pub(super) functions: Vec<Place>,
    inside: Inside,
    pub(super) after: usize,
    /// Name of the call whose arguments are visited.
    pub(super) call: String,
    /// The range from the called name to the end of the call.
    pub(super) called: Range<usize>,
    pub(super) route: Option<String>,
    /// The name that the `let` gives whose value is visited.
    pub(super) variable: Option<(String, usize)>,
    /// The block that is visited, if it stands around a closure.
    pub(super) around: Option<Around>,
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

    fn argument_of(&mut self, call: String, called: Range<usize>, arg: &syn::Expr) {
        let outer =
            (std::mem::replace(&mut self.call, call), std::mem::replace(&mut self.called, called));
        self.visit_expr(arg);
        (self.call, self.called) = outer;
    }
}

impl<'ast> Visit<'ast> for Collect<'_> {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.uses(&item.tree, "", false);
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
        self.layer(call);
        let name = match &*call.func {
            syn::Expr::Path(path) => {
                path.path.segments.last().map(|last| last.ident.to_string()).unwrap_or_default()
            }
            other => {
                self.visit_expr(other);
                String::new()
            }
        };
        let called = range(&*call.func).start..range(call).end;
        for arg in &call.args {
            self.argument_of(name.clone(), called.clone(), arg);
        }
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        self.catches(call);
        self.visit_expr(&call.receiver);
        let name = call.method.to_string();
        let routes = matches!(&*name, "route" | "route_service" | "nest_service" | "api_route");
        let outer = self.route.clone();
        if routes {
            self.route = call.args.first().map(|first| self.slice(&range(first)).to_owned());
        }
        let called = call.method.span().byte_range().start..range(call).end;
        for arg in &call.args {
            self.argument_of(name.clone(), called.clone(), arg);
        }
        if routes {
            self.route = outer;
        }
    }

    fn visit_expr_await(&mut self, expr: &'ast syn::ExprAwait) {
        let mut inner = &*expr.base;
        while let syn::Expr::MethodCall(call) = inner {
            inner = &call.receiver;
        }
        if let syn::Expr::Call(call) = inner {
            self.tree.awaits.push((range(call).start, range(expr).end));
        }
        visit::visit_expr_await(self, expr);
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
        let value = local.init.as_ref().map(|init| range(&*init.expr));
        self.tree.lets.extend(name.clone().map(|(name, at)| LetSite { name, at, value }));
        let outer = std::mem::replace(&mut self.variable, name);
        visit::visit_local(self, local);
        self.variable = outer;
    }

    fn visit_expr_block(&mut self, block: &'ast syn::ExprBlock) {
        self.around = None;
        let (last, others) = match block.block.stmts.split_last() {
            Some((last, others)) if block.label.is_none() => (last, others),
            _ => return visit::visit_expr_block(self, block),
        };
        for statement in others {
            self.visit_stmt(statement);
        }
        // After the values, which may have closures of their own.
        self.around = Around::read(block, self.text);
        self.visit_stmt(last);
        self.around = None;
    }

    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        self.serves_in(mac.tokens.clone());
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
