//! The type of a lock as its file has it, with lifetimes and paths, and the same without locks.

use std::ops::Range;

use syn::visit::{self, Visit};

use crate::program::{Def, Found, Program, Space};
use crate::syntax::Place;

/// The types that one would write in the place of a lock's.
#[derive(Debug, Default)]
pub(super) struct Written {
    /// The protected type: `HashMap<u32, String>` of `Arc<Mutex<HashMap<u32, String>>>`.
    pub(super) inner: String,
    /// The type around it, `Arc<` and `>`.
    pub(super) around: (String, String),
    /// A parameter of the owner that is in it: an actor is one type.
    pub(super) parameter: Option<String>,
}

/// Types that share a value, and add nothing to it.
const POINTERS: &[&str] = &[
    "Arc",
    "Rc",
    "Box",
    "LazyLock",
    "Lazy",
    "OnceLock",
    "OnceCell",
    "Extension",
    "State",
    "Data",
    "Option",
];
const LOCKS: &[&str] = &["Mutex", "RwLock", "FairMutex", "ReentrantMutex", "RefCell", "Cell"];

/// Reads the type of the field, static or alias at a place.
pub(super) fn read(program: &Program<'_>, file: u32, at: Place) -> Option<Written> {
    let path = &program.sources.files[file as usize].path;
    let text = crate::fix::write::read(path).ok()?;
    let parsed = syn::parse_file(&text).ok()?;
    let mut look = Look { at, found: None, generics: Vec::new() };
    look.visit_file(&parsed);
    let written = look.found.map(|(ty, generics)| {
        let writer = Writer { text: &text, program, file };
        writer.written(&ty, &generics)
    });
    proc_macro2::extra::invalidate_current_thread_spans();
    written
}

/// The same of a type's text alone.
pub(super) fn of_text(program: &Program<'_>, file: u32, text: &str) -> Option<Written> {
    let ty = syn::parse_str::<syn::Type>(text).ok()?;
    let written = Writer { text, program, file }.written(&ty, &[]);
    proc_macro2::extra::invalidate_current_thread_spans();
    Some(written)
}

struct Look {
    at: Place,
    found: Option<(syn::Type, Vec<String>)>,
    generics: Vec<String>,
}

impl Look {
    fn is(&self, span: proc_macro2::Span) -> bool {
        let start = span.start();
        start.line == self.at.line as usize && start.column + 1 == self.at.column as usize
    }

    fn of_owner(&mut self, generics: &syn::Generics, look: impl FnOnce(&mut Self)) {
        let names = generics.params.iter().map(|param| match param {
            syn::GenericParam::Type(param) => param.ident.to_string(),
            syn::GenericParam::Const(param) => param.ident.to_string(),
            syn::GenericParam::Lifetime(param) => param.lifetime.to_string(),
        });
        let outer = std::mem::replace(&mut self.generics, names.collect());
        look(self);
        self.generics = outer;
    }
}

impl<'ast> Visit<'ast> for Look {
    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        self.of_owner(&item.generics, |look| visit::visit_item_struct(look, item));
    }

    fn visit_item_enum(&mut self, item: &'ast syn::ItemEnum) {
        self.of_owner(&item.generics, |look| visit::visit_item_enum(look, item));
    }

    fn visit_field(&mut self, field: &'ast syn::Field) {
        let at = match &field.ident {
            Some(name) => name.span(),
            None => syn::spanned::Spanned::span(&field.ty),
        };
        if self.is(at) {
            self.found = Some((field.ty.clone(), self.generics.clone()));
        }
    }

    fn visit_item_static(&mut self, item: &'ast syn::ItemStatic) {
        if self.is(item.static_token.span) {
            self.found = Some(((*item.ty).clone(), Vec::new()));
        }
    }

    fn visit_item_type(&mut self, item: &'ast syn::ItemType) {
        if self.is(item.type_token.span) {
            self.found = Some(((*item.ty).clone(), Vec::new()));
        }
    }
}

struct Writer<'w, 'p, 'a> {
    text: &'w str,
    program: &'p Program<'a>,
    file: u32,
}

impl Writer<'_, '_, '_> {
    fn slice(&self, node: &impl syn::spanned::Spanned) -> &str {
        let range: Range<usize> = node.span().byte_range();
        self.text.get(range).unwrap_or_default()
    }

    fn written(&self, ty: &syn::Type, generics: &[String]) -> Written {
        if let Some(of_alias) = self.alias(ty) {
            return of_alias;
        }
        let mut core = ty;
        while let Some(only) = within(core, POINTERS) {
            core = only;
        }
        let pointers = core;
        if let Some(only) = within(core, LOCKS) {
            core = only;
        } else if !std::ptr::eq(core, ty)
            && let Some(of_alias) = self.alias(core)
        {
            return of_alias;
        }
        let whole = self.slice(ty);
        let from = self.slice(pointers).as_ptr() as usize - whole.as_ptr() as usize;
        let to = from + self.slice(pointers).len();
        let inner = self.plain(core);
        let parameter = generics.iter().find(|name| {
            let word = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == '\'';
            inner.split(|letter| !word(letter)).any(|part| part == **name)
        });
        Written {
            around: (whole[..from].to_owned(), whole[to..].to_owned()),
            parameter: parameter.cloned(),
            inner,
        }
    }

    /// A type without the locks in it: one task needs none.
    fn plain(&self, ty: &syn::Type) -> String {
        let syn::Type::Path(path) = ty else { return self.slice(ty).to_owned() };
        let Some((name, args)) = parts(ty) else { return self.slice(ty).to_owned() };
        let shared = within(ty, POINTERS).and_then(|only| within(only, LOCKS));
        if let Some(only) = shared.or_else(|| within(ty, LOCKS)) {
            return self.plain(only);
        }
        let words = self.slice(&path.path);
        let scc = words.starts_with("scc::");
        let own = match &*name {
            "DashMap" => Some("std::collections::HashMap"),
            "DashSet" => Some("std::collections::HashSet"),
            "HashMap" | "HashIndex" if scc => Some("std::collections::HashMap"),
            "HashSet" if scc => Some("std::collections::HashSet"),
            "TreeIndex" if scc => Some("std::collections::BTreeMap"),
            _ => None,
        };
        if own.is_none() && args.is_empty() {
            return self.slice(ty).to_owned();
        }
        let head = own.unwrap_or_else(|| words.split('<').next().unwrap_or(words).trim_end());
        let args: Vec<String> = args.into_iter().map(|arg| self.plain(arg)).collect();
        format!("{head}<{}>", args.join(", "))
    }

    /// Returns the type that an alias of the sources stands for.
    fn alias(&self, ty: &syn::Type) -> Option<Written> {
        let syn::Type::Path(path) = ty else { return None };
        let names: Vec<String> =
            path.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let program = self.program;
        let mut modules = program.module_ids().filter(|id| program.module(*id).file == self.file);
        let id = modules.find_map(|module| {
            match program.resolve(module, &names, path.path.leading_colon.is_some(), Space::Type) {
                Found::Def(Def::Alias(id)) => Some(id),
                _ => None,
            }
        })?;
        let def = program.alias_def(id);
        let (file, place) = program.at(id.module, def.place);
        // An alias with parameters would have to be filled in.
        if parts(ty).is_none_or(|(_, args)| !args.is_empty()) {
            return None;
        }
        read(program, file, place)
    }
}

/// Name and type arguments of a path, if it has no others.
fn parts(ty: &syn::Type) -> Option<(String, Vec<&syn::Type>)> {
    let syn::Type::Path(path) = ty else { return None };
    let last = path.path.segments.last()?;
    let args = match &last.arguments {
        syn::PathArguments::None => Some(Vec::new()),
        syn::PathArguments::AngleBracketed(list) => list
            .args
            .iter()
            .map(|arg| match arg {
                syn::GenericArgument::Type(ty) => Some(ty),
                _ => None,
            })
            .collect(),
        syn::PathArguments::Parenthesized(_) => None,
    };
    Some((last.ident.to_string(), args?))
}

/// The only argument of a type with one of these names.
fn within<'t>(ty: &'t syn::Type, names: &[&str]) -> Option<&'t syn::Type> {
    let (name, args) = parts(ty)?;
    match args.as_slice() {
        [only] if names.contains(&&*name) => Some(only),
        _ => None,
    }
}
