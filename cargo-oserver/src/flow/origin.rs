//! Where a value comes from: made here, given by the caller, or shared by all requests.

use crate::infer::{Infer, Local, Locals};
use crate::known;
use crate::program::{Def, Found, Function, Resolved, Space};
use crate::reach::Reach;
use crate::syntax::{Block, Expr, TyPath};

use super::calls::external;
use super::{Flow, function_item, request_state, visit};

/// The limit of nested expressions and calls.
const DEEPEST: u32 = 24;

/// Ordered: the larger one counts if a value has two origins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// Made by this code: no other request has it.
    Fresh,
    /// A parameter, `self`, or something that could not be followed.
    Given,
    /// A static, or what the server put into each request.
    Shared,
}

/// Follows values backwards within one body.
pub struct Origins<'o, 'p, 'a> {
    pub infer: &'o Infer<'p, 'a>,
    pub reach: &'o Reach<'p, 'a>,
    /// The facts about values that come out of requests.
    pub made: Option<&'o Flow<'o, 'p, 'a>>,
    /// Names that are bound after this one belong to the connection, unless their types show more.
    pub connection: Option<usize>,
    pub depth: u32,
}

impl<'a> Origins<'_, '_, 'a> {
    /// Returns the origin of those parts of a value that lead to a lock.
    #[must_use]
    pub fn of(&self, expr: &'a Expr, locals: &Locals<'a>) -> Origin {
        if self.depth > DEEPEST {
            return Origin::Given;
        }
        let deeper = Origins { depth: self.depth + 1, ..*self };
        deeper.inner(expr, locals)
    }

    fn inner(&self, expr: &'a Expr, locals: &Locals<'a>) -> Origin {
        match expr {
            Expr::Path(path, _) => match path.single().and_then(|name| locals.get(name)) {
                Some(local) => match local.init {
                    Some(init) => self.of(init, &locals.before(&local.name)),
                    None if self.taken(local, locals) => Origin::Fresh,
                    None => local
                        .part_of
                        .map_or(Origin::Given, |whole| self.of(whole, &locals.before(&local.name))),
                },
                None if path.single() == Some("self") => Origin::Given,
                None => self.item(path),
            },
            Expr::Struct(_, fields) => self.all(fields.iter().map(|(_, value)| value), locals),
            Expr::Tuple(parts) | Expr::Array(parts) | Expr::Macro(_, parts, _) => {
                self.all(parts, locals)
            }
            Expr::Call(callee, args, _) => {
                let Expr::Path(path, _) = &**callee else { return Origin::Given };
                let given = self.all(args, locals);
                if request_state::delegated(path, self.infer).is_some() {
                    return Origin::Shared;
                }
                match function_item(path, self.infer) {
                    Some(function) => self.called(&function, given),
                    None if self.makes_a_lock(path) => Origin::Fresh,
                    None => given,
                }
            }
            Expr::Method(call) if request_state::reads_request(call, locals) => {
                let ty = self.infer.expr(expr, locals);
                let fresh = self.made.is_some_and(|flow| flow.per_request(&ty));
                if fresh { Origin::Fresh } else { Origin::Shared }
            }
            Expr::Method(call) => {
                let receiver = self.of(&call.receiver, locals);
                let ty = self.infer.expr(&call.receiver, locals);
                match self.infer.method_of(&ty, &call.name) {
                    Some((function, _)) => self.called(&function, receiver),
                    None => receiver,
                }
            }
            Expr::Field(inner, _)
            | Expr::Await(inner)
            | Expr::Same(inner)
            | Expr::Deref(inner)
            | Expr::Cast(inner, _) => self.of(inner, locals),
            Expr::Block(block) | Expr::Async(block, _) => self.block(block, locals),
            Expr::Branches(_, _, arms) => self.all(arms, locals),
            _ => Origin::Fresh,
        }
    }

    /// Returns `true` for a name that the loop around it binds to its items.
    fn taken(&self, local: &Local<'a>, locals: &Locals<'a>) -> bool {
        local.ty == Resolved::Unknown
            && self
                .connection
                .is_some_and(|bound| locals.position(&local.name).is_some_and(|at| at >= bound))
    }

    /// Returns the worst of those parts that may lead to a lock.
    pub(super) fn all(
        &self,
        parts: impl IntoIterator<Item = &'a Expr>,
        locals: &Locals<'a>,
    ) -> Origin {
        let leads = |part: &&'a Expr| {
            let ty = self.infer.expr(part, locals);
            matches!(ty, Resolved::Unknown | Resolved::Param(..))
                || !self.reach.locks(&ty).locks.is_empty()
        };
        parts
            .into_iter()
            .filter(|part| leads(part))
            .map(|part| self.of(part, locals))
            .max()
            .unwrap_or(Origin::Fresh)
    }

    /// Returns `true` for `Mutex::new`, whatever it protects.
    fn makes_a_lock(&self, path: &TyPath) -> bool {
        external(path, self.infer).is_some_and(|path| {
            path.rsplit_once("::")
                .is_some_and(|(ty, name)| name == "new" && known::kind(ty) == known::Kind::Lock)
        })
    }

    fn item(&self, path: &TyPath) -> Origin {
        let names: Vec<&str> = path.segments.iter().map(|segment| &*segment.name).collect();
        let module = self.infer.scope.module;
        match self.infer.program.resolve(module, &names, path.global, Space::Value) {
            Found::Def(Def::Static(_)) => Origin::Shared,
            // A pattern bound it where it is not followed.
            Found::Unknown if names.len() == 1 => Origin::Given,
            _ => Origin::Fresh,
        }
    }

    /// Returns the origin of a function's value, for arguments of the origin `given`.
    fn called(&self, function: &Function<'a>, given: Origin) -> Origin {
        match self.returned(function) {
            Origin::Given => given,
            own => own,
        }
    }

    /// Returns the origin of a function's value; its parameters are `Origin::Given`.
    #[must_use]
    pub fn returned(&self, function: &Function<'a>) -> Origin {
        let Some(body) = &function.def.body else { return Origin::Given };
        let infer = Infer::new(self.infer.program, self.infer.program.scope_of(function));
        let inner = Origins {
            infer: &infer,
            reach: self.reach,
            made: self.made,
            connection: None,
            depth: self.depth + 2,
        };
        let locals = visit::parameters(&infer, function);
        inner.block(body, &locals)
    }

    /// Returns the value of a block, and of each `return` in it.
    fn block(&self, block: &'a Block, locals: &Locals<'a>) -> Origin {
        let mut inner = locals.clone();
        let mut worst = Origin::Fresh;
        for (index, stmt) in block.stmts.iter().enumerate() {
            if block.tail && index + 1 == block.stmts.len() {
                worst = worst.max(self.of(stmt, &inner));
            } else {
                self.infer.bind(stmt, &mut inner);
                let mut returns = Vec::new();
                stmt.walk(&mut |expr: &'a Expr| {
                    if let Expr::Return(values) = expr {
                        returns.extend(values);
                    }
                    !matches!(expr, Expr::Closure(_))
                });
                worst = worst.max(self.all(returns, &inner));
            }
        }
        worst
    }
}
