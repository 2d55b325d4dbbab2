//! The contents of macro calls: items, statics, expressions, the arms of `select!`.

use proc_macro2::{TokenStream, TokenTree};
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Macro, Pat, Token};

use super::{Context, attributes, bodies, items, paths, patterns, place};
use crate::syntax::{
    Block, Expr, Import, Items, Let, ModDef, Name, Place, StaticDef, StaticKind, Unread,
};

/// Takes the macro for items if it holds some: `lazy_static!`, `thread_local!`, `cfg_if!`, and macros
/// that pass items on.
pub(super) fn items(mac: &Macro, context: &Context<'_>, into: &mut Items) -> bool {
    let name = mac.path.segments.last().map(|segment| segment.ident.to_string());
    let kind = match name.as_deref() {
        Some("macro_rules") => return true,
        Some("lazy_static") => StaticKind::Static,
        Some("thread_local") => StaticKind::ThreadLocal,
        Some("task_local") => StaticKind::TaskLocal,
        Some("include") => return included(mac, into),
        Some("include_proto") => {
            into.imports.push(messages());
            return true;
        }
        _ => {
            let made = context.expanded(mac, |tokens| syn::parse2::<syn::File>(tokens).ok());
            if let Some(file) = made {
                file.items.iter().for_each(|item| items::add(item, context, into));
                return true;
            }
            return passed_on(mac.tokens.clone(), context, into);
        }
    };
    if let Ok(found) = (|input: ParseStream<'_>| statics(input, kind)).parse2(mac.tokens.clone()) {
        into.statics.extend(found);
    }
    true
}

/// Returns `true` for `include!("routes.rs");`
fn included(mac: &Macro, into: &mut Items) -> bool {
    let Ok(path) = mac.parse_body::<syn::LitStr>() else {
        let place = mac.path.segments.first().map(|first| place(first.ident.span()));
        let what = format!("include!({})", mac.tokens).replace(" ! ", "!").replace(" ,", ",");
        into.unread.push(Unread { place: place.unwrap_or_default(), what: what.into() });
        return true;
    };
    let name: Name = format!("include!({})", path.value()).into();
    let glob = Import { path: vec!["self".into(), name], global: false, name: None };
    into.imports.push(glob);
    let path = Some(path.value().into());
    into.mods.push(ModDef { name, test: false, path, inline: None, included: true });
    true
}

/// Returns the items of `tonic::include_proto!`: messages, clients and servers of prost, which have no state but their type parameters.
fn messages() -> Import {
    Import { path: vec!["prost".into(), "generated".into()], global: true, name: None }
}

/// Items among the tokens, at the top or in braces as in `cfg_if!`.
fn passed_on(tokens: TokenStream, context: &Context<'_>, into: &mut Items) -> bool {
    const KEYWORDS: &[&str] =
        &["struct", "enum", "fn", "mod", "use", "impl", "trait", "static", "type"];
    let mut groups = Vec::new();
    let mut likely = false;
    for token in tokens.clone() {
        match token {
            TokenTree::Ident(ident) => {
                likely |= KEYWORDS.iter().any(|keyword| ident == keyword);
            }
            TokenTree::Group(group) if group.delimiter() == proc_macro2::Delimiter::Brace => {
                groups.push(group.stream());
            }
            _ => {}
        }
    }
    if likely {
        return match syn::parse2::<syn::File>(tokens) {
            Ok(file) => {
                file.items.iter().for_each(|item| items::add(item, context, into));
                true
            }
            Err(_) => false,
        };
    }
    let mut any = false;
    for group in groups {
        any |= passed_on(group, context, into);
    }
    any
}

fn statics(input: ParseStream<'_>, kind: StaticKind) -> syn::Result<Vec<StaticDef>> {
    let mut found = Vec::new();
    while !input.is_empty() {
        let attrs = input.call(syn::Attribute::parse_outer)?;
        let _: syn::Visibility = input.parse()?;
        let token: Token![static] = input.parse()?;
        let _: Option<Token![ref]> = input.parse()?;
        let name: syn::Ident = input.parse()?;
        let _: Token![:] = input.parse()?;
        let ty: syn::Type = input.parse()?;
        let mut value = TokenStream::new();
        while !input.is_empty() && !input.peek(Token![;]) {
            value.extend([input.parse::<TokenTree>()?]);
        }
        let value = value.to_string().replace(' ', "");
        found.push(StaticDef {
            name: name.to_string().into(),
            ty: paths::ty(&ty),
            place: place(token.span),
            kind,
            test: attributes::test(&attrs),
            made: Box::default(),
            permits: ["Semaphore::new(1)", "Semaphore::const_new(1)"]
                .iter()
                .any(|call| value.contains(call))
                .then(|| "1".into()),
            waits: ["block_on(", "park(", "recv(", "sleep("]
                .iter()
                .find(|call| value.contains(*call))
                .map(|call| call.trim_end_matches('(').into()),
        });
        let _: Option<Token![;]> = input.parse()?;
    }
    Ok(found)
}

pub(super) fn expression(mac: &Macro, context: &Context<'_>, inner: &mut Items) -> Expr {
    let path = paths::path(&mac.path, None);
    let at = mac.path.segments.first().map(|first| place(first.ident.span()));
    let made = context.expanded(mac, |tokens| {
        let stmts = syn::Block::parse_within.parse2(tokens).ok()?;
        Some(Expr::Block(bodies::statements(&stmts, context, inner)))
    });
    if let Some(made) = made {
        return made;
    }
    let parts = if path.last() == "macro_rules" {
        Vec::new()
    } else {
        parts(mac.tokens.clone(), context, inner)
    };
    Expr::Macro(Box::new(path), parts, at.unwrap_or_default())
}

type List = Punctuated<syn::Expr, Token![,]>;

/// As the likeliest first: arguments, statements, `vec![x; n]`, arms of `select!`; else whatever parses
/// within its groups.
fn parts(tokens: TokenStream, context: &Context<'_>, inner: &mut Items) -> Vec<Expr> {
    if tokens.is_empty() {
        return Vec::new();
    }
    if let Ok(list) = List::parse_terminated.parse2(tokens.clone()) {
        return list.iter().map(|expr| bodies::expression(expr, context, inner)).collect();
    }
    if let Ok(stmts) = syn::Block::parse_within.parse2(tokens.clone()) {
        return vec![Expr::Block(bodies::statements(&stmts, context, inner))];
    }
    if let Ok(arms) = syn::parse2::<Arms>(tokens.clone()) {
        return arms.0.iter().map(|arm| arm.lower(context, inner)).collect();
    }
    let mut found = Vec::new();
    for token in tokens {
        match token {
            TokenTree::Group(group) => found.extend(parts(group.stream(), context, inner)),
            TokenTree::Ident(ident) => {
                let single: syn::Path = ident.into();
                found.push(Expr::Path(paths::path(&single, None), Place::default()));
            }
            _ => {}
        }
    }
    found
}

/// `pattern = future => result`, as tokio's and futures' `select!` take it.
struct Arms(Vec<Arm>);

struct Arm {
    pattern: Option<Pat>,
    future: Option<syn::Expr>,
    result: syn::Expr,
}

impl Parse for Arms {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut arms = Vec::new();
        while !input.is_empty() {
            if input.peek(syn::Ident) && input.peek2(Token![;]) {
                let _: syn::Ident = input.parse()?;
                let _: Token![;] = input.parse()?;
            }
            arms.push(input.parse()?);
            let _: Option<Token![,]> = input.parse()?;
        }
        Ok(Self(arms))
    }
}

impl Parse for Arm {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let (mut pattern, mut future) = (None, None);
        if input.peek(Token![else]) || input.peek2(Token![=>]) {
            let _: TokenTree = input.parse()?;
        } else {
            pattern = Some(Pat::parse_multi_with_leading_vert(input)?);
            let _: Token![=] = input.parse()?;
            future = Some(input.parse()?);
            if input.peek(Token![,]) && input.peek2(Token![if]) {
                let _: Token![,] = input.parse()?;
                let _: Token![if] = input.parse()?;
                let _: syn::Expr = input.parse()?;
            }
        }
        let _: Token![=>] = input.parse()?;
        let result = if input.peek(syn::token::Brace) {
            syn::Expr::Block(syn::ExprBlock {
                attrs: Vec::new(),
                label: None,
                block: input.parse()?,
            })
        } else {
            input.parse()?
        };
        Ok(Self { pattern, future, result })
    }
}

impl Arm {
    fn lower(&self, context: &Context<'_>, inner: &mut Items) -> Expr {
        let binding = Expr::Let(Box::new(Let {
            place: Place::default(),
            pattern: self.pattern.as_ref().map(patterns::pattern).unwrap_or_default(),
            ty: None,
            init: self.future.as_ref().map(|future| bodies::expression(future, context, inner)),
            otherwise: None,
        }));
        let result = bodies::expression(&self.result, context, inner);
        Expr::Block(Block { stmts: vec![binding, result], tail: true })
    }
}
