//! Goes through a body, and puts each question in front of its statement, in the innermost block: what
//! the block declares is then what the name means.

use std::collections::HashSet;
use std::mem;

use quote::ToTokens;
use syn::visit_mut::{self, VisitMut};
use syn::{Arm, Attribute, Block, Expr, FieldPat, FieldValue, Item, Macro, Pat, Path, Stmt, UnOp};

use super::names::{bound_by_statements, declared_in, named};
use super::{Use, macros, question};
use crate::context::Context;

pub(super) fn walk(context: &Context, bound: HashSet<String>, statements: &mut Vec<Stmt>) {
    let mut walk = Walk {
        context,
        skipped: vec![bound, bound_by_statements(statements)],
        conditions: Vec::new(),
        found: Vec::new(),
        asked: HashSet::new(),
        is_in_macro: false,
    };
    walk.statements(statements);
}

struct Walk<'a> {
    context: &'a Context,
    /// Names that are no statics, of this block and those around it.
    skipped: Vec<HashSet<String>>,
    /// The `cfg`s of what is being looked at, within its statement.
    conditions: Vec<Attribute>,
    /// What the statement names.
    found: Vec<(Path, Use, Vec<Attribute>)>,
    /// What was asked already: one error a name is enough.
    asked: HashSet<String>,
    /// What is looked at is a copy, into which nothing can be put.
    is_in_macro: bool,
}

impl Walk<'_> {
    fn statements(&mut self, statements: &mut Vec<Stmt>) {
        if self.is_in_macro {
            // The question stands outside, where the items in here are not known.
            if !statements.iter().any(|statement| matches!(statement, Stmt::Item(_))) {
                statements.iter_mut().for_each(|statement| self.visit_stmt_mut(statement));
            }
            return;
        }
        self.skipped.push(declared_in(statements));
        let outside = (mem::take(&mut self.conditions), mem::take(&mut self.found));
        for mut statement in mem::take(statements) {
            self.visit_stmt_mut(&mut statement);
            self.conditions.clear();
            for (path, how, conditions) in mem::take(&mut self.found) {
                let question = question(self.context, &conditions, &path, how);
                statements.push(Stmt::Expr(Expr::Verbatim(question), None));
            }
            statements.push(statement);
        }
        (self.conditions, self.found) = outside;
        self.skipped.pop();
    }

    fn place(&mut self, expression: &Expr) {
        self.find(expression, Use::Place);
    }

    fn find(&mut self, expression: &Expr, how: Use) {
        let Some(path) = named(expression) else { return };
        if path.get_ident().is_some_and(|name| self.is_skipped(&name.to_string())) {
            return;
        }
        let conditions = self.conditions.iter();
        let key = conditions.map(|condition| condition.to_token_stream().to_string());
        let key: String = key.chain([path.to_token_stream().to_string()]).collect();
        if self.asked.insert(key) {
            self.found.push((path.clone(), how, self.conditions.clone()));
        }
    }

    fn is_skipped(&self, name: &str) -> bool {
        self.skipped.iter().any(|names| names.contains(name))
    }

    /// Looks at something that may have conditions of its own.
    fn within(&mut self, look: impl FnOnce(&mut Self)) {
        let outside = self.conditions.len();
        look(self);
        self.conditions.truncate(outside);
    }
}

impl VisitMut for Walk<'_> {
    fn visit_block_mut(&mut self, block: &mut Block) {
        self.statements(&mut block.stmts);
    }

    // Another function, another time.
    fn visit_item_mut(&mut self, _: &mut Item) {}

    fn visit_attribute_mut(&mut self, attribute: &mut Attribute) {
        if attribute.path().is_ident("cfg") {
            self.conditions.push(attribute.clone());
        }
    }

    fn visit_arm_mut(&mut self, arm: &mut Arm) {
        self.within(|walk| visit_mut::visit_arm_mut(walk, arm));
    }

    fn visit_field_value_mut(&mut self, field: &mut FieldValue) {
        self.within(|walk| visit_mut::visit_field_value_mut(walk, field));
    }

    fn visit_field_pat_mut(&mut self, field: &mut FieldPat) {
        self.within(|walk| visit_mut::visit_field_pat_mut(walk, field));
    }

    fn visit_pat_mut(&mut self, pattern: &mut Pat) {
        self.within(|walk| visit_mut::visit_pat_mut(walk, pattern));
    }

    fn visit_expr_mut(&mut self, expression: &mut Expr) {
        self.within(|walk| {
            // Its own conditions first, then what is in it, then itself.
            if matches!(expression, Expr::Const(_)) {
                return;
            }
            visit_mut::visit_expr_mut(walk, expression);
            match expression {
                Expr::Reference(inner) => walk.place(&inner.expr),
                Expr::RawAddr(inner) => walk.find(&inner.expr, Use::Raw),
                Expr::Field(inner) => walk.place(&inner.base),
                Expr::Index(inner) => walk.place(&inner.expr),
                Expr::Match(inner) => walk.place(&inner.expr),
                Expr::Let(inner) => walk.place(&inner.expr),
                Expr::Unary(inner) if matches!(inner.op, UnOp::Deref(_)) => walk.place(&inner.expr),
                // By the conventions of Rust these take their value.
                Expr::MethodCall(inner) if !inner.method.to_string().starts_with("into_") => {
                    walk.place(&inner.receiver);
                }
                _ => {}
            }
        });
    }

    fn visit_macro_mut(&mut self, call: &mut Macro) {
        let Some(mut arguments) = macros::arguments(call) else { return };
        let outside = mem::replace(&mut self.is_in_macro, true);
        for argument in &mut arguments.borrowed {
            self.visit_expr_mut(argument);
            self.place(argument);
        }
        for argument in &mut arguments.taken {
            self.visit_expr_mut(argument);
        }
        for argument in &arguments.raw {
            self.find(argument, Use::Raw);
        }
        self.is_in_macro = outside;
    }
}
