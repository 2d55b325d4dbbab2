//! Bodies of functions, as far as they show which code calls which function with which state.

use super::{Name, Place, Ty, TyPath};

/// A name that a pattern binds, with the way to it.
#[derive(Clone, Debug)]
pub struct Binding {
    pub name: Name,
    /// Fields on the way: tuple indices, names; a tuple struct's or variant's as its index.
    pub way: Vec<Name>,
}

#[derive(Clone, Debug, Default)]
pub struct Pattern {
    pub bindings: Vec<Binding>,
}

#[derive(Clone, Debug)]
pub struct Arg {
    pub pattern: Pattern,
    pub ty: Option<Ty>,
}

#[derive(Clone, Debug)]
pub struct Closure {
    pub place: Place,
    /// `async || …`, or a body that is an `async` block.
    pub is_async: bool,
    pub args: Vec<Arg>,
    pub body: Box<Expr>,
}

#[derive(Clone, Debug)]
pub struct MethodCall {
    pub place: Place,
    pub receiver: Box<Expr>,
    pub name: Name,
    pub turbofish: Vec<Ty>,
    pub args: Vec<Expr>,
}

#[derive(Clone, Debug)]
pub struct Let {
    pub place: Place,
    pub pattern: Pattern,
    pub ty: Option<Ty>,
    pub init: Option<Expr>,
    /// `else { … }`
    pub otherwise: Option<Box<Expr>>,
}

#[derive(Clone, Debug, Default)]
pub struct Block {
    pub stmts: Vec<Expr>,
    /// Whether the last statement is the block's value.
    pub tail: bool,
}

/// Which keyword stands before alternatives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Branch {
    If,
    Match,
}

/// An expression or a statement.
#[derive(Clone, Debug)]
pub enum Expr {
    Path(TyPath, Place),
    Call(Box<Expr>, Vec<Expr>, Place),
    Method(Box<MethodCall>),
    Closure(Box<Closure>),
    /// A macro's name and its tokens: as expressions if they parse as such.
    Macro(Box<TyPath>, Vec<Expr>, Place),
    Struct(Box<TyPath>, Vec<(Name, Expr)>),
    Field(Box<Expr>, Name),
    Await(Box<Expr>),
    Block(Block),
    /// `async { … }`
    Async(Block, Place),
    /// `loop`, `while`; the parts of a condition come first.
    Loop(Vec<Expr>, Place),
    /// `for`: its iterator, and its body.
    For(Pattern, Vec<Expr>, Place),
    Let(Box<Let>),
    /// `&x`, `(x)`, `x?`: the same thing as far as its type is looked at.
    Same(Box<Expr>),
    /// `*x`
    Deref(Box<Expr>),
    Cast(Box<Expr>, Ty),
    Assign(Box<Expr>, Box<Expr>),
    /// `if`, `match`: alternatives of one value, after the subject.
    Branches(Branch, Vec<Expr>, Vec<Expr>),
    Return(Vec<Expr>),
    Tuple(Vec<Expr>),
    Array(Vec<Expr>),
    Literal(Box<str>),
    Other(Vec<Expr>),
}

impl Expr {
    /// Returns `true` for `Semaphore::new(..)`
    #[must_use]
    pub fn makes_semaphore(&self) -> bool {
        let Self::Call(callee, _, _) = self else { return false };
        let Self::Path(path, _) = &**callee else { return false };
        matches!(path.last(), "new" | "const_new")
            && path.segments.iter().any(|segment| &*segment.name == "Semaphore")
    }

    /// Returns the number of permits that a new semaphore gets, or the name of a constant: `ONE` for `Semaphore::new(ONE)`.
    #[must_use]
    pub fn permits(&self) -> Option<Name> {
        let Self::Call(_, args, _) = self else { return None };
        args.first().filter(|_| self.makes_semaphore())?.number()
    }

    /// Returns a literal, or the last name of a path, without a cast around it.
    #[must_use]
    pub fn number(&self) -> Option<Name> {
        match self.bare() {
            Self::Literal(number) => Some((&**number).into()),
            Self::Path(path, _) => path.segments.last().map(|segment| segment.name),
            Self::Cast(inner, _) => inner.number(),
            _ => None,
        }
    }

    /// Its direct parts, in the order of the source.
    pub fn parts<'s>(&'s self, look: &mut dyn FnMut(&'s Expr)) {
        match self {
            Self::Path(..) | Self::Literal(_) => {}
            Self::Call(callee, args, _) => {
                look(callee);
                args.iter().for_each(look);
            }
            Self::Method(call) => {
                look(&call.receiver);
                call.args.iter().for_each(look);
            }
            Self::Closure(closure) => look(&closure.body),
            Self::Struct(_, fields) => fields.iter().for_each(|(_, value)| look(value)),
            Self::Field(inner, _)
            | Self::Await(inner)
            | Self::Same(inner)
            | Self::Deref(inner)
            | Self::Cast(inner, _) => look(inner),
            Self::Block(block) | Self::Async(block, _) => block.stmts.iter().for_each(look),
            Self::Let(binding) => {
                binding.init.iter().for_each(&mut *look);
                binding.otherwise.iter().for_each(|inner| look(inner));
            }
            Self::Assign(left, right) => {
                look(left);
                look(right);
            }
            Self::Branches(_, subject, arms) => {
                subject.iter().for_each(&mut *look);
                arms.iter().for_each(look);
            }
            Self::Macro(_, parts, _)
            | Self::Loop(parts, _)
            | Self::For(_, parts, _)
            | Self::Return(parts)
            | Self::Tuple(parts)
            | Self::Array(parts)
            | Self::Other(parts) => parts.iter().for_each(look),
        }
    }

    /// This expression and all below it; `look` says whether to go below.
    pub fn walk<'s>(&'s self, look: &mut dyn FnMut(&'s Expr) -> bool) {
        if look(self) {
            self.parts(&mut |part| part.walk(look));
        }
    }

    /// Returns `true` if `test` holds for it or anything below it.
    pub fn any(&self, test: &dyn Fn(&Expr) -> bool) -> bool {
        let mut found = false;
        self.walk(&mut |expr| {
            found = found || test(expr);
            !found
        });
        found
    }

    /// Without `&`, `*`, `?` and parentheses around it.
    #[must_use]
    pub fn bare(&self) -> &Expr {
        match self {
            Self::Same(inner) | Self::Deref(inner) => inner.bare(),
            Self::Block(block) if block.tail && block.stmts.len() == 1 => block.stmts[0].bare(),
            other => other,
        }
    }
}
