//! Visits imports, and calls that bind or serve.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::parse::Parser;
use syn::punctuated::Punctuated;

use super::collect::Collect;
use super::functions::{BindSite, ServeSite, UseSite};
use super::{place, range};

impl Collect<'_> {
    pub(super) fn uses(&mut self, tree: &syn::UseTree, path: &str, group: bool) {
        let join = |name: &syn::Ident| match path {
            "" => name.to_string(),
            path => format!("{path}::{name}"),
        };
        let mut add = |name: String, path: String, ident: &syn::Ident, renamed: bool| {
            self.tree.uses.push(UseSite {
                name,
                path,
                ident: ident.span().byte_range(),
                group,
                renamed,
                modules: self.modules.clone(),
            });
        };
        match tree {
            syn::UseTree::Path(inner) => self.uses(&inner.tree, &join(&inner.ident), group),
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
                inner.items.iter().for_each(|part| self.uses(part, path, group || several));
            }
            syn::UseTree::Glob(_) => {}
        }
    }

    /// `axum::serve(listener, app)`, with what follows it.
    pub(super) fn serve(&mut self, call: &syn::ExprCall) {
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

    /// `axum::serve(listener, app)` among the tokens of a macro, such as `tokio::select!`.
    pub(super) fn serves_in(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        for window in tokens.windows(5) {
            let [TokenTree::Ident(first), colon, _, TokenTree::Ident(name), TokenTree::Group(args)] =
                window
            else {
                continue;
            };
            let is_path = matches!(colon, TokenTree::Punct(punct) if punct.as_char() == ':');
            if first != "axum" || !is_path || name != "serve" {
                continue;
            }
            let parse = Punctuated::<syn::Expr, syn::Token![,]>::parse_terminated;
            let parsed = parse.parse2(args.stream()).ok().filter(|args| args.len() == 2);
            if let (Some(parsed), Delimiter::Parenthesis) = (parsed, args.delimiter()) {
                self.tree.serves.push(ServeSite {
                    place: place(first.span()),
                    callee: first.span().byte_range().start..name.span().byte_range().end,
                    listener: range(&parsed[0]),
                    app: range(&parsed[1]),
                    function: self.functions.last().copied(),
                });
            }
        }
        for token in tokens {
            if let TokenTree::Group(group) = token {
                self.serves_in(group.stream());
            }
        }
    }
}
