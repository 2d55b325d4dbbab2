//! Items.

use syn::{ImplItem, Item, TraitItem, UseTree, Visibility};

use super::functions::{function, impl_def, trait_def};
use super::{Context, attributes, bodies, macros, paths, place};
use crate::syntax::{
    AliasDef, Expr, Field, Import, Items, ModDef, Name, StaticDef, StaticKind, Ty, TyPath, TypeDef,
};

pub(super) fn items(list: &[Item], context: &Context<'_>) -> Items {
    let mut kept = Items::default();
    for item in list {
        add(item, context, &mut kept);
    }
    kept
}

pub(super) fn add(item: &Item, context: &Context<'_>, into: &mut Items) {
    match item {
        Item::Use(item) => {
            let global = item.leading_colon.is_some();
            import(&item.tree, &mut Vec::new(), global, &mut into.imports);
        }
        Item::ExternCrate(item) => {
            let name: Name = item.ident.to_string().into();
            let alias = item.rename.as_ref().map(|(_, alias)| alias.to_string().into());
            let brought = alias.or(Some(name));
            into.imports.push(Import { path: vec![name], global: true, name: brought });
        }
        Item::Mod(item) => into.mods.push(module(item, context)),
        Item::Struct(item) => {
            let mut fields = Vec::new();
            add_fields(&item.fields, "", &mut fields);
            into.types.push(TypeDef {
                name: item.ident.to_string().into(),
                place: place(item.struct_token.span),
                attributes: attributes::attributes(&item.attrs),
                generics: paths::generics(&item.generics),
                fields,
                variants: Vec::new(),
                item_at: start(&item.vis, item.struct_token.span),
            });
        }
        Item::Enum(item) => {
            let mut fields = Vec::new();
            let mut variants = Vec::new();
            for variant in &item.variants {
                let name = variant.ident.to_string();
                if !attributes::test(&variant.attrs) {
                    add_fields(&variant.fields, &name, &mut fields);
                }
                variants.push(name.into());
            }
            into.types.push(TypeDef {
                name: item.ident.to_string().into(),
                place: place(item.enum_token.span),
                attributes: attributes::attributes(&item.attrs),
                generics: paths::generics(&item.generics),
                fields,
                variants,
                item_at: start(&item.vis, item.enum_token.span),
            });
        }
        Item::Union(item) => {
            let mut fields = Vec::new();
            add_fields(&syn::Fields::Named(item.fields.clone()), "", &mut fields);
            into.types.push(TypeDef {
                name: item.ident.to_string().into(),
                place: place(item.union_token.span),
                attributes: attributes::attributes(&item.attrs),
                generics: paths::generics(&item.generics),
                fields,
                variants: Vec::new(),
                item_at: start(&item.vis, item.union_token.span),
            });
        }
        Item::Type(item) => into.aliases.push(AliasDef {
            name: item.ident.to_string().into(),
            generics: paths::generics(&item.generics),
            ty: paths::ty(&item.ty),
            place: place(item.type_token.span),
        }),
        Item::Trait(item) => {
            into.traits.push(trait_def(item, context));
            for item in &item.items {
                if let TraitItem::Const(item) = item
                    && let Some((_, value)) = &item.default
                {
                    _ = initializer(value, context, into);
                }
            }
        }
        Item::Impl(of) => {
            into.impls.push(impl_def(of, context));
            for item in &of.items {
                if let ImplItem::Const(item) = item {
                    _ = initializer(&item.expr, context, into);
                }
            }
        }
        Item::Fn(item) => {
            into.fns.push(function(&item.attrs, &item.vis, &item.sig, Some(&item.block), context))
        }
        Item::Static(item) => {
            let ty = paths::ty(&item.ty);
            let value = initializer(&item.expr, context, into);
            into.statics.push(StaticDef {
                name: item.ident.to_string().into(),
                made: if ty.to_string().contains("dyn ") { made(&value) } else { Box::default() },
                ty,
                place: place(item.static_token.span),
                kind: StaticKind::Static,
                test: attributes::test(&item.attrs),
                permits: permits(&value),
                waits: waits(&value),
            });
        }
        Item::Const(item) if !attributes::test(&item.attrs) => {
            let value = initializer(&item.expr, context, into);
            if matches!(value.bare(), Expr::Literal(number) if &**number == "1") {
                into.ones.push(item.ident.to_string().into());
            }
        }
        Item::Macro(item) if item.ident.is_none() => {
            macros::items(&item.mac, context, into);
        }
        Item::Macro(item) => context.define(item),
        _ => {}
    }
}

/// Returns the statics and functions inside of the value of a static or constant, as in those of a closure: they count as the module's.
fn initializer(expr: &syn::Expr, context: &Context<'_>, into: &mut Items) -> Expr {
    let mut inner = Items::default();
    let value = bodies::expression(expr, context, &mut inner);
    into.statics.append(&mut inner.statics);
    into.fns.append(&mut inner.fns);
    value
}

/// Returns the permits of the semaphore that a value makes.
fn permits(value: &Expr) -> Option<Name> {
    let mut found = None;
    value.walk(&mut |part| {
        found = found.or_else(|| part.permits());
        found.is_none()
    });
    found
}

/// Returns the first call that waits, in the closures of the value of a static.
fn waits(value: &Expr) -> Option<Name> {
    const FUNCTIONS: &[&str] = &["block_on", "park", "sleep"];
    const METHODS: &[&str] =
        &["block_on", "blocking_lock", "blocking_recv", "get_conn", "join", "recv", "wait"];
    let mut found = None;
    value.walk(&mut |part| {
        let Expr::Closure(closure) = part else { return true };
        closure.body.walk(&mut |part| {
            let name = match part {
                Expr::Call(callee, _, _) => match &**callee {
                    Expr::Path(path, _) if FUNCTIONS.contains(&path.last()) => Some(path.last()),
                    _ => None,
                },
                // `parts.join(",")` makes a text.
                Expr::Method(call) if &*call.name == "join" && !call.args.is_empty() => None,
                Expr::Method(call) => Some(&*call.name).filter(|name| METHODS.contains(name)),
                _ => None,
            };
            found = found.or_else(|| name.map(Name::from));
            found.is_none()
        });
        false
    });
    found
}

/// Returns the types of which `Type::new(…)` or `Type::default()` stands in a value.
fn made(value: &Expr) -> Box<[Ty]> {
    let mut found = Vec::new();
    value.walk(&mut |part| {
        if let Expr::Call(callee, _, _) = part
            && let Expr::Path(path, _) = &**callee
            && matches!(path.last(), "new" | "default")
            && let Some((_, of)) = path.segments.split_last().filter(|(_, of)| !of.is_empty())
        {
            found.push(Ty::Path(TyPath { segments: of.to_vec(), ..path.clone() }));
        }
        true
    });
    found.into()
}

/// Returns the offset of an item's first byte after its attributes.
pub(super) fn start(vis: &Visibility, otherwise: proc_macro2::Span) -> usize {
    let span = match vis {
        Visibility::Public(token) => token.span,
        Visibility::Restricted(vis) => vis.pub_token.span,
        Visibility::Inherited => otherwise,
    };
    span.byte_range().start
}

fn add_fields(fields: &syn::Fields, variant: &str, into: &mut Vec<Field>) {
    for (index, field) in fields.iter().enumerate() {
        if attributes::test(&field.attrs) {
            continue;
        }
        let own = field.ident.as_ref().map_or_else(|| index.to_string(), ToString::to_string);
        let name = if variant.is_empty() { own } else { format!("{variant}.{own}") };
        let trusted = attributes::metas(&field.attrs)
            .iter()
            .filter(|meta| meta.path().is_ident("handler_state"))
            .find_map(|meta| attributes::string(&attributes::arguments(meta), "trusted"));
        let at =
            field.ident.as_ref().map_or_else(|| type_start(&field.ty), |name| Some(name.span()));
        into.push(Field {
            name: name.into(),
            ty: paths::ty(&field.ty),
            place: at.map(place).unwrap_or_default(),
            public: matches!(field.vis, Visibility::Public(_)),
            trusted,
        });
    }
}

/// Returns where a type that is written as a path starts.
fn type_start(ty: &syn::Type) -> Option<proc_macro2::Span> {
    match ty {
        syn::Type::Path(path) => path.path.segments.first().map(|first| first.ident.span()),
        syn::Type::Reference(inner) => Some(inner.and_token.span),
        syn::Type::Tuple(inner) => Some(inner.paren_token.span.open()),
        _ => None,
    }
}

fn import(tree: &UseTree, path: &mut Vec<Name>, global: bool, into: &mut Vec<Import>) {
    match tree {
        UseTree::Path(inner) => {
            path.push(inner.ident.to_string().into());
            import(&inner.tree, path, global, into);
            path.pop();
        }
        UseTree::Name(inner) => {
            let name: Name = inner.ident.to_string().into();
            let mut whole = path.clone();
            if &*name != "self" {
                whole.push(name);
            }
            let last = whole.last().cloned();
            into.push(Import { path: whole, global, name: last });
        }
        UseTree::Rename(inner) => {
            let mut whole = path.clone();
            if inner.ident != "self" {
                whole.push(inner.ident.to_string().into());
            }
            let name = Some(inner.rename.to_string().into());
            into.push(Import { path: whole, global, name });
        }
        UseTree::Glob(_) => into.push(Import { path: path.clone(), global, name: None }),
        UseTree::Group(inner) => {
            for tree in &inner.items {
                import(tree, path, global, into);
            }
        }
    }
}

fn module(item: &syn::ItemMod, context: &Context<'_>) -> ModDef {
    let path = item.attrs.iter().filter(|attr| attr.path().is_ident("path")).find_map(|attr| {
        let syn::Meta::NameValue(pair) = &attr.meta else { return None };
        let syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) = &pair.value else {
            return None;
        };
        Some(text.value().into())
    });
    ModDef {
        name: item.ident.to_string().into(),
        test: attributes::test(&item.attrs),
        path,
        inline: item.content.as_ref().map(|(_, list)| items(list, context)),
        included: false,
    }
}
