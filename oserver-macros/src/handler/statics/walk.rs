//! Goes through a body, and puts each assertion in front of its statement, in the innermost block.

use std::collections::HashSet;
use std::mem;

use quote::{ToTokens, quote};
use syn::visit_mut::{self, VisitMut};
use syn::{
    Arm, Attribute, Block, Expr, ExprPath, FieldValue, Ident, Item, Local, Macro, Meta, Pat, Stmt,
    StmtMacro, Type,
};

use super::assertion::{Assertion, Use, asserted_value};
use super::names::{
    Spelling, is_of_a_lock, key, may_be_inferred, path_of, root_of, single, spelling,
};
use super::scope::{Meaning, Scopes};
use super::{conditional, items, macros, tokens};
use crate::context::Context;

pub(super) struct Walk<'a> {
    pub(super) context: &'a Context,
    pub(super) scopes: Scopes,
    /// The `cfg`s and `allow`s of the current part, within its statement.
    pub(super) conditions: Vec<Attribute>,
    /// The assertions about the names in the current statement.
    found: Vec<Assertion>,
    /// The checks that exist already: one error for each name is enough.
    checked: HashSet<String>,
    /// The visited expression is a copy, or a constant: it cannot contain a check.
    pub(super) is_frozen: bool,
    /// A path that is the visited expression stays as it is: lints compute its value, or a macro shows its text.
    keeps_paths: bool,
    /// A check was put into the current part.
    pub(super) has_changed: bool,
}

impl<'a> Walk<'a> {
    pub(super) fn new(context: &'a Context, scopes: Scopes) -> Self {
        Self {
            context,
            scopes,
            conditions: Vec::new(),
            found: Vec::new(),
            checked: HashSet::new(),
            is_frozen: false,
            keeps_paths: false,
            has_changed: false,
        }
    }

    pub(super) fn block(&mut self, statements: &mut Vec<Stmt>) {
        self.scopes.enter_block(statements, self.is_frozen);
        if self.is_frozen {
            statements.iter_mut().for_each(|statement| self.visit_stmt_mut(statement));
        } else {
            let outside = (mem::take(&mut self.conditions), mem::take(&mut self.found));
            for mut statement in mem::take(statements) {
                self.visit_stmt_mut(&mut statement);
                self.conditions.clear();
                let assertions = mem::take(&mut self.found).into_iter().map(|assertion| {
                    Stmt::Expr(Expr::Verbatim(assertion.statement(self.context)), None)
                });
                let assertions: Vec<_> = assertions.collect();
                self.has_changed |= !assertions.is_empty();
                // Items stay the first.
                if let Stmt::Item(_) = statement {
                    statements.push(statement);
                    statements.extend(assertions);
                } else {
                    statements.extend(assertions);
                    statements.push(statement);
                }
            }
            (self.conditions, self.found) = outside;
        }
        self.scopes.leave();
    }

    /// Takes the checks that were found inside of an item and could not stand there.
    pub(super) fn take_over(&mut self, inside: Self) {
        self.found.extend(inside.found);
    }

    /// Looks at a part that cannot contain a check.
    pub(super) fn frozen(&mut self, look: impl FnOnce(&mut Self)) {
        let outside = mem::replace(&mut self.is_frozen, true);
        look(self);
        self.is_frozen = outside;
    }

    /// Looks at a part whose paths stay as they are.
    pub(super) fn kept(&mut self, look: impl FnOnce(&mut Self)) {
        let outside = mem::replace(&mut self.keeps_paths, true);
        look(self);
        self.keeps_paths = outside;
    }

    /// Looks at an expression; if it is a path, it stays as it is.
    pub(super) fn operand(&mut self, expression: &mut Expr) {
        if path_of(expression).is_some() {
            self.kept(|walk| walk.visit_expr_mut(expression));
        } else {
            self.visit_expr_mut(expression);
        }
    }

    /// Looks at a part with its own variables.
    pub(super) fn scoped(&mut self, look: impl FnOnce(&mut Self)) {
        self.scopes.enter();
        look(self);
        self.scopes.leave();
    }

    /// Looks at a part that may have its own conditions.
    pub(super) fn within(&mut self, look: impl FnOnce(&mut Self)) {
        let outside = self.conditions.len();
        look(self);
        self.conditions.truncate(outside);
    }

    /// An expression that is used as a place.
    pub(super) fn place(&mut self, expression: &mut Expr) {
        match root_of(expression) {
            Some(path) => self.find_place(&path.clone(), expression, None),
            None => self.visit_expr_mut(expression),
        }
    }

    /// Checks a name, or a field of it, that is used as a place; by a method of this name.
    pub(super) fn find_place(&mut self, path: &ExprPath, place: &Expr, method: Option<&Ident>) {
        let how = match spelling(path) {
            Some(Spelling::Capitals | Spelling::Lower) => Use::Place,
            // No unit struct has these methods.
            Some(Spelling::Letter) if method.is_some_and(is_of_a_lock) => Use::Place,
            Some(Spelling::Letter | Spelling::Associated | Spelling::OfCapitals) => Use::MaybeFresh,
            Some(Spelling::Camel) if method.is_some_and(is_of_a_lock) => Use::MaybeFresh,
            _ => return,
        };
        let is_alone = path_of(place).is_some();
        self.find(path, if is_alone { Expr::Path(path.clone()) } else { place.clone() }, how);
    }

    /// Checks a name, or a field of it, that is copied or moved.
    pub(super) fn value(&mut self, expression: &mut Expr) {
        let Some(path) = root_of(expression).cloned() else { return };
        let is_alone = matches!(expression, Expr::Path(_));
        let can_change = !self.is_frozen && !self.keeps_paths;
        match spelling(&path) {
            Some(Spelling::Associated) if is_alone && can_change && may_be_inferred(&path) => {
                self.assert_here(expression);
            }
            Some(Spelling::Capitals | Spelling::Letter | Spelling::Associated) => {
                self.find(&path, expression.clone(), Use::Value);
            }
            // No function has fields.
            Some(Spelling::Lower) if !is_alone => self.find(&path, expression.clone(), Use::Value),
            Some(Spelling::Lower) if !self.is_frozen && self.meaning(&path) != Meaning::Local => {
                self.assert_here(expression);
            }
            _ => {}
        }
    }

    /// Puts the check of a value into its expression.
    fn assert_here(&mut self, expression: &mut Expr) {
        self.has_changed = true;
        *expression = Expr::Verbatim(asserted_value(self.context, expression));
    }

    fn meaning(&self, path: &ExprPath) -> Meaning {
        single(path).map_or(Meaning::Item(0), |name| self.scopes.meaning(&name))
    }

    pub(super) fn find(&mut self, path: &ExprPath, place: Expr, how: Use) {
        // The name comes from an attribute that was expanded before.
        if single(path).is_some_and(|name| name == "OSERVER_META") {
            return;
        }
        let (how, item) = match self.meaning(path) {
            Meaning::Local => return,
            // Each use is a fresh value, except for the targets of its references.
            Meaning::Constant => (Use::Value, 0),
            Meaning::Item(number) => (how, number),
        };
        let conditions: String = self.conditions.iter().map(key).collect();
        if self.checked.insert(format!("{how:?} {item} {} {conditions}", key(&place))) {
            self.found.push(Assertion { place, how, conditions: self.conditions.clone() });
        }
    }
}

impl VisitMut for Walk<'_> {
    fn visit_block_mut(&mut self, block: &mut Block) {
        self.block(&mut block.stmts);
    }

    fn visit_item_mut(&mut self, item: &mut Item) {
        if !self.is_frozen {
            items::look_into(self, item);
        }
    }

    fn visit_local_mut(&mut self, local: &mut Local) {
        local.attrs.iter_mut().for_each(|attribute| self.visit_attribute_mut(attribute));
        if let Some(init) = &mut local.init {
            match binds_by_reference(&local.pat) {
                true => self.place(&mut init.expr),
                false => self.visit_expr_mut(&mut init.expr),
            }
            if let Some((_, diverge)) = &mut init.diverge {
                self.visit_expr_mut(diverge);
            }
        }
        self.scopes.bind(&local.pat);
    }

    fn visit_attribute_mut(&mut self, attribute: &mut Attribute) {
        let path = attribute.path();
        if path.is_ident("cfg") || path.is_ident("cfg_attr") || path.is_ident("allow") {
            self.conditions.push(attribute.clone());
        } else if let Meta::List(list) = &attribute.meta
            && path.is_ident("expect")
        {
            // A check does not need it.
            let tokens = &list.tokens;
            self.conditions.push(syn::parse_quote!(#[allow(#tokens)]));
        }
    }

    fn visit_arm_mut(&mut self, arm: &mut Arm) {
        self.within(|walk| {
            arm.attrs.iter_mut().for_each(|attribute| walk.visit_attribute_mut(attribute));
            walk.scoped(|walk| {
                walk.scopes.bind(&arm.pat);
                if let Pat::Guard(guarded) = &mut arm.pat {
                    walk.visit_expr_mut(&mut guarded.guard);
                }
                walk.visit_expr_mut(&mut arm.body);
            });
        });
    }

    fn visit_field_value_mut(&mut self, field: &mut FieldValue) {
        self.within(|walk| match field.colon_token {
            Some(_) => visit_mut::visit_field_value_mut(walk, field),
            // `Struct { name }`
            None => {
                field.attrs.iter_mut().for_each(|attribute| walk.visit_attribute_mut(attribute));
                if let Some(path) = path_of(&field.expr) {
                    walk.find(&path.clone(), field.expr.clone(), Use::Value);
                }
            }
        });
    }

    // A name in a type or a pattern is a constant, and its value is compared.
    fn visit_type_mut(&mut self, _: &mut Type) {}
    fn visit_pat_mut(&mut self, _: &mut Pat) {}

    fn visit_expr_mut(&mut self, expression: &mut Expr) {
        self.within(|walk| walk.expression(expression));
    }

    fn visit_stmt_macro_mut(&mut self, statement: &mut StmtMacro) {
        visit_mut::visit_stmt_macro_mut(self, statement);
        // An unknown macro may bind the names that it is given.
        if let macros::Read::Unknown = macros::Arguments::read(&statement.mac) {
            self.scopes.bind_names(tokens::words(statement.mac.tokens.clone()));
        }
    }

    fn visit_macro_mut(&mut self, call: &mut Macro) {
        if conditional::look_into(self, call) {
            return;
        }
        match macros::Arguments::read(call) {
            macros::Read::Known(mut arguments) => {
                let before = mem::take(&mut self.has_changed);
                let condition = arguments.condition();
                arguments.look_into(self);
                if self.has_changed {
                    if let Some(condition) = condition {
                        arguments.show(&condition);
                    }
                    call.tokens = arguments.into_token_stream();
                }
                self.has_changed |= before;
            }
            macros::Read::Unknown => {
                let tokens = call.tokens.clone();
                let formats = macros::formats(call);
                self.frozen(|walk| tokens::look_into(walk, tokens, formats));
            }
            macros::Read::NoExpressions => {}
        }
    }
}

/// `let ref name = NAME;`, which borrows it.
fn binds_by_reference(pattern: &Pat) -> bool {
    quote!(#pattern).into_iter().any(|token| token.to_string() == "ref")
        || !matches!(pattern, Pat::Ident(_) | Pat::Type(_) | Pat::Wild(_))
}
