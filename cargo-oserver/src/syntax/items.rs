//! Items as they are written, one list a kind.

use super::{Block, Expr, Name, Pattern, Place, Ty, TyPath};

/// The items of a module, of a file, or of a function's body.
#[derive(Clone, Debug, Default)]
pub struct Items {
    /// `#![cfg(test)]`: the file is there for tests only.
    pub test: bool,
    pub imports: Vec<Import>,
    pub mods: Vec<ModDef>,
    pub types: Vec<TypeDef>,
    pub aliases: Vec<AliasDef>,
    pub traits: Vec<TraitDef>,
    pub impls: Vec<ImplDef>,
    pub fns: Vec<FnDef>,
    pub statics: Vec<StaticDef>,
    /// Constants with the value 1.
    pub ones: Vec<Name>,
    /// `include!` of a file that a build script writes.
    pub unread: Vec<Unread>,
}

impl Items {
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.imports.is_empty()
            && self.mods.is_empty()
            && self.types.is_empty()
            && self.aliases.is_empty()
            && self.traits.is_empty()
            && self.impls.is_empty()
            && self.fns.is_empty()
            && self.statics.is_empty()
            && self.unread.is_empty()
    }
}

/// Items that stand nowhere in the sources.
#[derive(Clone, Debug)]
pub struct Unread {
    pub place: Place,
    /// The call as it is written.
    pub what: Box<str>,
}

/// One name that a `use` brings, or all of a module's.
#[derive(Clone, Debug)]
pub struct Import {
    pub path: Vec<Name>,
    pub global: bool,
    /// `None`: `*`.
    pub name: Option<Name>,
}

/// `mod name;` or `mod name { … }`
#[derive(Clone, Debug)]
pub struct ModDef {
    pub name: Name,
    pub test: bool,
    /// `#[path = "…"]`
    pub path: Option<Name>,
    pub inline: Option<Items>,
    /// `include!("…")`: its items replace the line, and see the names around it.
    pub included: bool,
}

/// Type parameters and what bounds them.
#[derive(Clone, Debug, Default)]
pub struct Generics {
    pub params: Vec<TypeParam>,
}

#[derive(Clone, Debug)]
pub struct TypeParam {
    pub name: Name,
    /// From the parameter itself and from `where` clauses.
    pub bounds: Vec<TyPath>,
    pub default: Option<Ty>,
}

/// The attributes that matter here.
#[derive(Clone, Debug, Default)]
pub struct Attributes {
    /// `#[cfg(test)]`, `#[test]`, `#[tokio::test]`, …
    pub test: bool,
    /// Paths of attributes that are not built in, with their arguments as text.
    pub others: Vec<(TyPath, Box<str>)>,
    /// Derived traits, the last name of each.
    pub derives: Vec<Name>,
}

impl Attributes {
    /// Returns the arguments of the first attribute with this last name.
    #[must_use]
    pub fn arguments(&self, name: &str) -> Option<&str> {
        self.others.iter().find(|(path, _)| path.last() == name).map(|(_, text)| &**text)
    }
}

/// A struct, enum or union. Fields of all variants are in one list.
#[derive(Clone, Debug)]
pub struct TypeDef {
    pub name: Name,
    pub place: Place,
    pub attributes: Attributes,
    pub generics: Generics,
    pub fields: Vec<Field>,
    pub variants: Vec<Name>,
    /// Where a `#[derive(…)]` line can go: the offset of the first byte after other attributes.
    pub item_at: usize,
}

#[derive(Clone, Debug)]
pub struct Field {
    /// The name, `0`, or `Variant.name`.
    pub name: Name,
    pub ty: Ty,
    pub place: Place,
    /// `pub`, without a restriction.
    pub public: bool,
    /// `#[handler_state(trusted = "reason")]`
    pub trusted: Option<Box<str>>,
}

/// `type Name<T> = …;`
#[derive(Clone, Debug)]
pub struct AliasDef {
    pub name: Name,
    pub generics: Generics,
    pub ty: Ty,
    pub place: Place,
}

#[derive(Clone, Debug)]
pub struct TraitDef {
    pub name: Name,
    pub attributes: Attributes,
    pub supertraits: Vec<TyPath>,
    pub fns: Vec<FnDef>,
}

#[derive(Clone, Debug)]
pub struct ImplDef {
    pub test: bool,
    pub generics: Generics,
    pub of: Option<TyPath>,
    pub for_type: Ty,
    pub assoc: Vec<(Name, Ty)>,
    pub fns: Vec<FnDef>,
    /// `#[OpenApi]` and the like.
    pub attributes: Attributes,
    pub place: Place,
}

#[derive(Clone, Debug)]
pub struct FnDef {
    pub name: Name,
    /// The place of the `fn` keyword.
    pub place: Place,
    pub attributes: Attributes,
    pub generics: Generics,
    pub is_async: bool,
    /// `pub`, without a restriction.
    pub public: bool,
    /// `const`, `unsafe`, `extern`: what no handler can be.
    pub unusual: bool,
    pub receiver: Option<Ty>,
    /// Whether the receiver is `&self`.
    pub shared: bool,
    /// Without the receiver.
    pub params: Vec<Param>,
    pub output: Option<Ty>,
    /// The body, where it may matter.
    pub body: Option<Box<Block>>,
    /// Names that a body calls that is not kept, and names in capitals that it reads; sorted.
    pub mentions: Box<[Name]>,
    /// Items inside of the body.
    pub inner: Option<Box<Items>>,
    /// Offset of the item's first byte after its attributes, and of its first byte at all.
    pub item_at: usize,
}

impl FnDef {
    /// Returns `true` if `test` holds for an expression of the body.
    pub fn any(&self, test: &dyn Fn(&Expr) -> bool) -> bool {
        self.body.iter().flat_map(|body| &body.stmts).any(|stmt| stmt.any(test))
    }

    /// Shows each expression of the body.
    pub fn walk<'s>(&'s self, look: &mut dyn FnMut(&'s Expr)) {
        for stmt in self.body.iter().flat_map(|body| &body.stmts) {
            stmt.walk(&mut |expr| {
                look(expr);
                true
            });
        }
    }

    /// Returns `true` if the body calls a method of one of these names.
    #[must_use]
    pub fn calls_method(&self, names: &[&str]) -> bool {
        self.any(&|expr| matches!(expr, Expr::Method(call) if names.contains(&&*call.name)))
    }
}

#[derive(Clone, Debug)]
pub struct Param {
    pub pattern: Pattern,
    pub ty: Ty,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StaticKind {
    Static,
    ThreadLocal,
    TaskLocal,
}

#[derive(Clone, Debug)]
pub struct StaticDef {
    pub name: Name,
    pub ty: Ty,
    pub place: Place,
    pub kind: StaticKind,
    pub test: bool,
    /// Types that its value is made of by `Type::new(…)`, where its own type is behind `dyn` and does not show them.
    pub made: Box<[Ty]>,
    /// The permits of the semaphore in its value: a number, or the name of a constant.
    pub permits: Option<Name>,
    /// The first call in the closure of its value that waits for another thread or process.
    pub waits: Option<Name>,
}
