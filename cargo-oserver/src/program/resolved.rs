//! A type whose names are resolved.

use std::rc::Rc;

use super::Id;

/// References are left out: what can be reached through `&T` is what can be reached through `T`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Resolved {
    /// A struct, enum or union that was read.
    Own(Id, Rc<[Resolved]>),
    /// A type of a crate that was not read, by its path; `?` before the name if that could not be
    /// found out.
    External(Rc<str>, Rc<[Resolved]>),
    /// `dyn` or `impl`.
    Traits(Rc<[TraitRef]>),
    /// A generic parameter that nothing was put in for.
    Param(Rc<str>, Rc<[TraitRef]>),
    /// A tuple, an array, or one of several types.
    All(Rc<[Resolved]>),
    /// A function pointer, with its arguments.
    Fn(Rc<[Resolved]>),
    Unknown,
}

/// A trait with its arguments.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TraitRef {
    /// If it was read.
    pub id: Option<Id>,
    pub path: Rc<str>,
    pub args: Rc<[Resolved]>,
    /// `Output = T` and the like.
    pub assoc: Rc<[(Rc<str>, Resolved)]>,
}

impl Resolved {
    #[must_use]
    pub fn unit() -> Self {
        Self::All(Rc::new([]))
    }

    /// Returns the path of an external type, `""` for any other.
    #[must_use]
    pub fn path(&self) -> &str {
        match self {
            Self::External(path, _) => path,
            _ => "",
        }
    }

    /// Returns the last name of an external type's path, `""` for any other.
    #[must_use]
    pub fn last(&self) -> &str {
        self.path().rsplit("::").next().unwrap_or_default().trim_start_matches('?')
    }

    #[must_use]
    pub fn args(&self) -> &[Resolved] {
        match self {
            Self::Own(_, args) | Self::External(_, args) | Self::All(args) => args,
            _ => &[],
        }
    }
}
