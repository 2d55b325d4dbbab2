//! Finds the parts of an expression that are places or values, and the variables that it binds.

use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, Expr, Ident, UnOp};

use super::assertion::Use;
use super::items;
use super::names::{path_of, root_of};
use super::walk::Walk;

impl Walk<'_> {
    pub(super) fn expression(&mut self, expression: &mut Expr) {
        for attribute in attributes(expression) {
            self.visit_attribute_mut(attribute);
        }
        match expression {
            Expr::Path(_) => self.value(expression),
            Expr::Field(_) if root_of(expression).is_some() => self.value(expression),
            Expr::Reference(inner) => self.place(&mut inner.expr),
            Expr::RawAddr(inner) => match path_of(&inner.expr) {
                Some(path) => self.find(&path.clone(), Expr::Path(path.clone()), Use::Raw),
                None => self.visit_expr_mut(&mut inner.expr),
            },
            Expr::Field(inner) => self.place(&mut inner.base),
            Expr::Unary(inner) if matches!(inner.op, UnOp::Deref(_)) => self.place(&mut inner.expr),
            Expr::Index(inner) => {
                self.place(&mut inner.expr);
                self.kept(|walk| walk.visit_expr_mut(&mut inner.index));
            }
            Expr::MethodCall(inner) => {
                self.receiver(&mut inner.receiver, &inner.method);
                inner.args.iter_mut().for_each(|argument| self.visit_expr_mut(argument));
            }
            Expr::Call(inner) => {
                // A function's name: a called name is no lock.
                if path_of(&inner.func).is_none() {
                    self.visit_expr_mut(&mut inner.func);
                }
                inner.args.iter_mut().for_each(|argument| self.visit_expr_mut(argument));
            }
            Expr::Assign(inner) => {
                if path_of(&inner.left).is_none() {
                    self.visit_expr_mut(&mut inner.left);
                }
                self.visit_expr_mut(&mut inner.right);
            }
            Expr::Const(inner) => {
                items::of_constant(self, &mut inner.block.stmts);
                self.frozen(|walk| walk.block(&mut inner.block.stmts));
            }
            Expr::Repeat(inner) => self.operand(&mut inner.expr),
            Expr::Cast(inner) => self.operand(&mut inner.expr),
            Expr::Let(inner) => {
                self.place(&mut inner.expr);
                self.scopes.bind(&inner.pat);
            }
            Expr::If(inner) => {
                self.scoped(|walk| {
                    walk.visit_expr_mut(&mut inner.cond);
                    walk.visit_block_mut(&mut inner.then_branch);
                });
                if let Some((_, otherwise)) = &mut inner.else_branch {
                    self.visit_expr_mut(otherwise);
                }
            }
            Expr::While(inner) => self.scoped(|walk| {
                walk.visit_expr_mut(&mut inner.cond);
                walk.visit_block_mut(&mut inner.body);
            }),
            Expr::ForLoop(inner) => {
                self.visit_expr_mut(&mut inner.expr);
                self.scoped(|walk| {
                    walk.scopes.bind(&inner.pat);
                    walk.visit_block_mut(&mut inner.body);
                });
            }
            Expr::Match(inner) => {
                self.place(&mut inner.expr);
                inner.arms.iter_mut().for_each(|arm| self.visit_arm_mut(arm));
            }
            Expr::Closure(inner) => self.scoped(|walk| {
                inner.inputs.iter().for_each(|input| walk.scopes.bind(input));
                walk.visit_expr_mut(&mut inner.body);
            }),
            other => visit_mut::visit_expr_mut(self, other),
        }
    }

    fn receiver(&mut self, receiver: &mut Expr, method: &Ident) {
        // Both methods take their value, of any type that has a method of this name.
        let takes_value = method == "into_inner" || method == "into";
        match root_of(receiver) {
            Some(_) if takes_value => self.value(receiver),
            Some(path) => self.find_place(&path.clone(), receiver, Some(method)),
            None => self.visit_expr_mut(receiver),
        }
    }
}

/// Returns the attributes of an expression that is not left to syn's own walk, which visits them itself.
fn attributes(expression: &mut Expr) -> &mut [Attribute] {
    match expression {
        Expr::Path(inner) => &mut inner.attrs,
        Expr::Reference(inner) => &mut inner.attrs,
        Expr::RawAddr(inner) => &mut inner.attrs,
        Expr::Field(inner) => &mut inner.attrs,
        Expr::Unary(inner) if matches!(inner.op, UnOp::Deref(_)) => &mut inner.attrs,
        Expr::Index(inner) => &mut inner.attrs,
        Expr::MethodCall(inner) => &mut inner.attrs,
        Expr::Call(inner) => &mut inner.attrs,
        Expr::Assign(inner) => &mut inner.attrs,
        Expr::Const(inner) => &mut inner.attrs,
        Expr::Repeat(inner) => &mut inner.attrs,
        Expr::Cast(inner) => &mut inner.attrs,
        Expr::Let(inner) => &mut inner.attrs,
        Expr::If(inner) => &mut inner.attrs,
        Expr::While(inner) => &mut inner.attrs,
        Expr::ForLoop(inner) => &mut inner.attrs,
        Expr::Match(inner) => &mut inner.attrs,
        Expr::Closure(inner) => &mut inner.attrs,
        _ => &mut [],
    }
}
