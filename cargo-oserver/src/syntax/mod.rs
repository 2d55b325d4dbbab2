//! The kept parts of a source file: items, types and the shape of the bodies that may matter. No syntax
//! tree and no span outlives the file that it came from.

mod body;
mod items;
mod lower;
mod mentions;

pub use crate::text::{Bodies, Name, Place};
pub use body::{Arg, Binding, Block, Branch, Closure, Expr, Let, MethodCall, Pattern};
pub use items::{
    AliasDef, Attributes, Field, FnDef, Generics, ImplDef, Import, Items, ModDef, Param, StaticDef,
    StaticKind, TraitDef, TypeDef, TypeParam, Unread,
};
pub use lower::{Limits, Lookup, Lowered, MacroText, Prepare, attribute_string, lower};
use mentions::mentions;

/// The name that the arguments of `Fn(A, B)` have among the associated types.
pub const INPUT: &str = "Input";

/// A type as it is written.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Ty {
    /// `std::sync::Arc<T>`
    Path(TyPath),
    /// `&T`, `*const T`
    Ref(Box<Ty>),
    /// `[T]`, `[T; N]`
    Slice(Box<Ty>),
    /// `(A, B)`
    Tuple(Vec<Ty>),
    /// `dyn A + B`
    Dyn(Vec<TyPath>),
    /// `impl A + B`
    Impl(Vec<TyPath>),
    /// A function pointer, with its arguments: it gives out only its result.
    Fn(Vec<Ty>),
    /// `_`, a macro, or what syn does not know.
    Unknown,
}

/// The path of a type or a value.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub struct TyPath {
    /// `<T as Trait>::Name`: the `T`. The trait is in `segments` then, all but the last of them.
    pub qself: Option<Box<Ty>>,
    /// How many of `segments` are the trait's, with `qself`.
    pub position: usize,
    /// `::name`
    pub global: bool,
    /// At least one, except for `<T>::name` where the first is the name.
    pub segments: Vec<Segment>,
}

/// One name of a path.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Segment {
    pub name: Name,
    /// The types among the generic arguments.
    pub args: Vec<Ty>,
    /// `Item = T`
    pub assoc: Box<[(Name, Ty)]>,
}

impl TyPath {
    /// Returns the path that is written `a::b::C`.
    #[must_use]
    pub fn of_names(text: &str) -> Self {
        let segment =
            |name: &str| Segment { name: name.into(), args: Vec::new(), assoc: Box::default() };
        Self { segments: text.split("::").map(segment).collect(), ..Self::default() }
    }

    /// Returns the last name, `""` for an empty path.
    #[must_use]
    pub fn last(&self) -> &str {
        self.segments.last().map_or("", |segment| &segment.name)
    }

    /// Returns the name, if the path is a single one without generic arguments.
    #[must_use]
    pub fn single(&self) -> Option<&str> {
        match self.segments.as_slice() {
            [segment] if self.qself.is_none() && !self.global => Some(&segment.name),
            _ => None,
        }
    }

    /// `a::b::C`, without generic arguments.
    #[must_use]
    pub fn plain(&self) -> String {
        let names: Vec<&str> = self.segments.iter().map(|segment| &*segment.name).collect();
        names.join("::")
    }
}

impl std::fmt::Display for Ty {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Path(path) => path.fmt(f),
            Self::Ref(inner) => write!(f, "&{inner}"),
            Self::Slice(inner) => write!(f, "[{inner}]"),
            Self::Tuple(inner) => write!(f, "({})", list(inner, ", ")),
            Self::Dyn(bounds) => write!(f, "dyn {}", list(bounds, " + ")),
            Self::Impl(bounds) => write!(f, "impl {}", list(bounds, " + ")),
            Self::Fn(_) => f.write_str("fn"),
            Self::Unknown => f.write_str("_"),
        }
    }
}

impl std::fmt::Display for TyPath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(qself) = &self.qself {
            write!(f, "<{qself}>::")?;
        }
        for (index, segment) in self.segments.iter().enumerate() {
            if index > 0 {
                f.write_str("::")?;
            }
            f.write_str(&segment.name)?;
            if !segment.args.is_empty() {
                write!(f, "<{}>", list(&segment.args, ", "))?;
            }
        }
        Ok(())
    }
}

fn list<T: std::fmt::Display>(items: &[T], separator: &str) -> String {
    items.iter().map(T::to_string).collect::<Vec<_>>().join(separator)
}
