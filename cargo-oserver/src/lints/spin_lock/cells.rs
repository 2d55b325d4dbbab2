//! Operations on values that requests change without a lock of theirs: atomic numbers, `ArcSwap`, `AtomicCell`, `watch` channels, snapshots and
//! shared maps.

use super::expressions::{is_ordering, last_name};
use crate::infer::{Infer, Locals};
use crate::known;
use crate::program::Resolved;
use crate::syntax::{Expr, MethodCall};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Read,
    /// The new value depends on the old one, or the old one is the result.
    Change,
    Write,
}

/// The value of an operation.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell<'a> {
    Name(&'a str),
    /// The ends of a channel have different names, so the type of their value stands for it.
    Carried(Resolved),
}

/// An operation, and the value that it is on.
pub(super) struct Operation<'a> {
    pub(super) call: &'a MethodCall,
    pub(super) cell: Cell<'a>,
    pub(super) kind: Kind,
}

impl<'a> Operation<'a> {
    pub(super) fn of(expr: &'a Expr, infer: &Infer<'_, 'a>, locals: &Locals<'a>) -> Option<Self> {
        let Expr::Method(call) = expr else { return None };
        let kind = kind(&call.name)?;
        if call.args.iter().any(is_ordering) {
            let cell = Cell::Name(last_name(owner(&call.receiver))?);
            return Some(Self { call, cell, kind });
        }
        let ty = infer.expr(&call.receiver, locals);
        let cell = match carried(&ty) {
            Some(carried) => Cell::Carried(carried.clone()),
            None if is_cell(&ty) => Cell::Name(last_name(owner(&call.receiver))?),
            None => return None,
        };
        Some(Self { call, cell, kind })
    }

    /// Returns `true` if it makes the value one that others wait for to go: neither the next number, nor the value of a
    /// flag that is free.
    pub(super) fn takes(&self) -> bool {
        let first = self.call.args.first().map(Expr::bare);
        match &*self.call.name {
            "swap" => !is_free(first),
            "fetch_and" | "fetch_nand" | "fetch_or" | "fetch_xor" | "fetch_max" | "fetch_min"
            | "fetch_update" | "try_update" => true,
            name => name.starts_with("compare_") && !is_free(self.call.args.get(1).map(Expr::bare)),
        }
    }
}

impl Operation<'_> {
    /// Returns the operation that takes a count back.
    pub(super) fn counts_back(&self) -> Option<&'static str> {
        match &*self.call.name {
            "fetch_add" => Some("fetch_sub"),
            "fetch_sub" => Some("fetch_add"),
            _ => None,
        }
    }
}

fn is_free(value: Option<&Expr>) -> bool {
    match value {
        Some(Expr::Literal(text)) => matches!(&**text, "false" | "0"),
        Some(Expr::Path(path, _)) => path.last() == "None",
        _ => false,
    }
}

fn kind(method: &str) -> Option<Kind> {
    match method {
        "load" | "load_full" | "borrow" | "borrow_and_update" | "contains" | "contains_key"
        | "get" => Some(Kind::Read),
        "store" | "publish" | "send" | "send_replace" | "send_modify" | "invalidate" | "remove" => {
            Some(Kind::Write)
        }
        "swap" | "rcu" | "update" | "try_update" | "send_if_modified" | "insert" | "or_insert"
        | "or_insert_with" => Some(Kind::Change),
        name if name.starts_with("compare_") || name.starts_with("fetch_") => Some(Kind::Change),
        _ => None,
    }
}

/// Without the methods that only lead to the value.
fn owner(expr: &Expr) -> &Expr {
    match expr.bare() {
        Expr::Method(call) if matches!(&*call.name, "as_ref" | "clone" | "deref" | "entry") => {
            owner(&call.receiver)
        }
        other => other,
    }
}

/// Returns the type of the value of a `watch` channel or a snapshot.
pub(super) fn carried(ty: &Resolved) -> Option<&Resolved> {
    const ENDS: &[&str] = &["Publisher", "Snapshot"];
    let Resolved::External(path, args) = ty else { return None };
    let is_oserver = path.starts_with("oserver") && ENDS.contains(&ty.last());
    match args.first()? {
        value if path.starts_with("tokio::sync::watch::") || is_oserver => Some(value),
        inner if known::derefs(path) => carried(inner),
        _ => None,
    }
}

fn is_cell(ty: &Resolved) -> bool {
    const CRATES: &[&str] = &["arc_swap", "dashmap", "moka", "papaya", "scc"];
    let path = ty.path();
    let of = path.split("::").next().unwrap_or_default();
    if CRATES.contains(&of) || path.ends_with("::AtomicCell") {
        return true;
    }
    known::derefs(path) && ty.args().first().is_some_and(is_cell)
}
