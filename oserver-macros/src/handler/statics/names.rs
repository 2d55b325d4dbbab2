//! The paths that may name a static, by their spelling.
//!
//! Only the compiler knows the meaning of a name. It could not answer a check of a generic function or a generic unit
//! variant (`None`), so names that are spelled like those are checked less.

use proc_macro2::Ident;
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::{Expr, ExprPath, GenericArgument, PathArguments, PathSegment, Type};

/// The spelling of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spelling {
    /// `NAME`, `module::NAME`: a static or a constant.
    Capitals,
    /// `N`, `V1`: a static or a constant, or a unit struct, whose name is spelled the same.
    Letter,
    /// `Type::NAME`, `Self::NAME`, `<T as Trait>::NAME`: a constant, unless `Type` is a module.
    Associated,
    /// `MODULE::name`.
    OfCapitals,
    /// `name`, `module::name`, also in a script without capitals: a function, a static or a constant.
    Lower,
    /// `Name`: a type's constructor, seldom a static.
    Camel,
}

/// Returns the path, if the expression is one, through parentheses.
pub(super) fn path_of(expression: &Expr) -> Option<&ExprPath> {
    match expression {
        Expr::Path(path) => Some(path),
        Expr::Paren(inner) => path_of(&inner.expr),
        Expr::Group(inner) => path_of(&inner.expr),
        _ => None,
    }
}

/// Returns the path that an expression is, or is a field of.
pub(super) fn root_of(expression: &Expr) -> Option<&ExprPath> {
    match expression {
        Expr::Field(field) => root_of(&field.base),
        other => path_of(other),
    }
}

/// Returns the spelling; `None` if the path cannot be a static.
pub(super) fn spelling(path: &ExprPath) -> Option<Spelling> {
    let mut segments: Vec<&PathSegment> = path.path.segments.iter().collect();
    let last = segments.pop()?;
    // `NAME::<>` is the same as `NAME`.
    if matches!(&last.arguments, PathArguments::AngleBracketed(arguments) if !arguments.args.is_empty())
    {
        return None;
    }
    let name = plain(&last.ident);
    let first = name.trim_start_matches('_').chars().next();
    let is_camel = !is_in_capitals(&name) && first.is_some_and(char::is_uppercase);
    let before = segments.last().map(|segment| plain(&segment.ident));
    let is_type = |name: &String| name.starts_with(char::is_uppercase);
    if path.qself.is_some() || before.as_ref().is_some_and(is_type) {
        let is_module = before.is_some_and(|name| is_in_capitals(&name)) && path.qself.is_none();
        return match is_in_capitals(&name) {
            true => Some(Spelling::Associated),
            false if is_module && !is_camel => Some(Spelling::OfCapitals),
            false => None,
        };
    }
    match name.as_str() {
        "self" | "Self" | "crate" | "super" | "None" | "PhantomData" => None,
        _ if is_one_letter(&name) => Some(Spelling::Letter),
        _ if is_in_capitals(&name) => Some(Spelling::Capitals),
        _ if is_camel => Some(Spelling::Camel),
        _ => Some(Spelling::Lower),
    }
}

/// Returns `true` for `Type::NAME`, if `Type` may have parameters that only the code around the path determines:
/// `limit.unwrap_or(Limit::MAX)`.
pub(super) fn may_be_inferred(path: &ExprPath) -> bool {
    /// Common types that have none.
    const WITHOUT_PARAMETERS: &[&str] = &["Duration", "Method", "Self", "StatusCode"];
    let is_inferred =
        |argument: &GenericArgument| matches!(argument, GenericArgument::Type(Type::Infer(_)));
    let Some(of) = path.path.segments.iter().rev().nth(1).filter(|_| path.qself.is_none()) else {
        return false;
    };
    let name = plain(&of.ident);
    name.starts_with(char::is_uppercase)
        && !is_in_capitals(&name)
        && !WITHOUT_PARAMETERS.contains(&&*name)
        && match &of.arguments {
            PathArguments::AngleBracketed(list) => list.args.iter().any(is_inferred),
            _ => true,
        }
}

/// Returns the name, if it stands alone: only such a one can be a variable's.
pub(super) fn single(path: &ExprPath) -> Option<String> {
    path.qself.is_none().then(|| path.path.get_ident().map(plain)).flatten()
}

/// Returns the name without `r#`, so that it is the same wherever it stands.
pub(super) fn plain(ident: &Ident) -> String {
    ident.unraw().to_string()
}

/// Returns the path as a key.
pub(super) fn key(path: &impl ToTokens) -> String {
    path.to_token_stream().to_string().replace("r#", "")
}

pub(super) fn is_in_capitals(name: &str) -> bool {
    name.chars().any(char::is_uppercase) && !name.chars().any(char::is_lowercase)
}

fn is_one_letter(name: &str) -> bool {
    let mut letters = name.chars();
    letters.next().is_some_and(char::is_uppercase) && letters.all(|rest| rest.is_ascii_digit())
}

/// Returns `true` for the name of a constant of `StatusCode`, `Method` or `Level`: a macro that gets such a word adds its type.
pub(super) fn is_well_known(name: &Ident) -> bool {
    const NAMES: &[&str] = &[
        "ACCEPTED",
        "BAD_GATEWAY",
        "BAD_REQUEST",
        "CONFLICT",
        "CONTINUE",
        "CREATED",
        "DELETE",
        "DEBUG",
        "ERROR",
        "EXPECTATION_FAILED",
        "FAILED_DEPENDENCY",
        "FORBIDDEN",
        "FOUND",
        "GATEWAY_TIMEOUT",
        "GET",
        "GONE",
        "HEAD",
        "IM_A_TEAPOT",
        "INFO",
        "INSUFFICIENT_STORAGE",
        "INTERNAL_SERVER_ERROR",
        "LENGTH_REQUIRED",
        "LOCKED",
        "METHOD_NOT_ALLOWED",
        "MISDIRECTED_REQUEST",
        "MOVED_PERMANENTLY",
        "MULTIPLE_CHOICES",
        "NOT_ACCEPTABLE",
        "NOT_FOUND",
        "NOT_IMPLEMENTED",
        "NOT_MODIFIED",
        "NO_CONTENT",
        "OK",
        "OPTIONS",
        "PARTIAL_CONTENT",
        "PATCH",
        "PAYLOAD_TOO_LARGE",
        "PAYMENT_REQUIRED",
        "PERMANENT_REDIRECT",
        "POST",
        "PRECONDITION_FAILED",
        "PRECONDITION_REQUIRED",
        "PUT",
        "RANGE_NOT_SATISFIABLE",
        "REQUEST_TIMEOUT",
        "RESET_CONTENT",
        "SEE_OTHER",
        "SERVICE_UNAVAILABLE",
        "TEMPORARY_REDIRECT",
        "TOO_MANY_REQUESTS",
        "TRACE",
        "UNAUTHORIZED",
        "UNPROCESSABLE_ENTITY",
        "UNSUPPORTED_MEDIA_TYPE",
        "URI_TOO_LONG",
        "WARN",
    ];
    NAMES.iter().any(|known| name == known)
}

/// Methods of locks: only these cause a check of a name that looks like a type's.
pub(super) fn is_of_a_lock(method: &Ident) -> bool {
    const METHODS: &[&str] = &[
        "lock",
        "try_lock",
        "blocking_lock",
        "lock_owned",
        "lock_arc",
        "read",
        "try_read",
        "write",
        "try_write",
        "blocking_read",
        "blocking_write",
        "borrow",
        "borrow_mut",
        "try_borrow",
        "try_borrow_mut",
        "get_or_init",
        "get_or_try_init",
        "entry",
        "wait",
        "with_borrow",
        "with_borrow_mut",
    ];
    METHODS.iter().any(|name| method == name)
}
