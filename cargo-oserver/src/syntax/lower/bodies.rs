//! Expressions and statements.

use syn::{Expr as Syn, Stmt};

use super::{Context, attributes, items, macros, paths, patterns, place};
use crate::syntax::{Block, Branch, Closure, Expr, Items, Let, MethodCall, Name, Place};

/// Returns a body's statements; the items among them go to `inner`.
pub(super) fn block(block: &syn::Block, context: &Context<'_>, inner: &mut Items) -> Block {
    statements(&block.stmts, context, inner)
}

pub(super) fn statements(stmts: &[Stmt], context: &Context<'_>, inner: &mut Items) -> Block {
    let mut kept = Block::default();
    for stmt in stmts {
        kept.tail = false;
        match stmt {
            Stmt::Local(local) if attributes::test(&local.attrs) => {}
            Stmt::Expr(expr, _) if attributes::test(attributes_of(expr)) => {}
            Stmt::Macro(stmt) if attributes::test(&stmt.attrs) => {}
            Stmt::Local(local) => kept.stmts.push(binding(local, context, inner)),
            Stmt::Item(item) => items::add(item, context, inner),
            Stmt::Expr(expr, semicolon) => {
                kept.tail = semicolon.is_none();
                kept.stmts.push(expression(expr, context, inner));
            }
            Stmt::Macro(stmt) => {
                if !macros::items(&stmt.mac, context, inner) {
                    kept.tail = stmt.semi_token.is_none();
                    kept.stmts.push(macros::expression(&stmt.mac, context, inner));
                }
            }
        }
    }
    kept
}

fn binding(local: &syn::Local, context: &Context<'_>, inner: &mut Items) -> Expr {
    let arg = patterns::arg(&local.pat);
    let init = local.init.as_ref();
    Expr::Let(Box::new(Let {
        place: place(local.let_token.span),
        pattern: arg.pattern,
        ty: arg.ty,
        init: init.map(|init| expression(&init.expr, context, inner)),
        otherwise: init
            .and_then(|init| init.diverge.as_ref())
            .map(|(_, expr)| Box::new(expression(expr, context, inner))),
    }))
}

pub(super) fn expression(expr: &Syn, context: &Context<'_>, inner: &mut Items) -> Expr {
    let mut go = |expr: &Syn| expression(expr, context, inner);
    match expr {
        Syn::Path(expr) => {
            let path = paths::path(&expr.path, expr.qself.as_ref());
            let at = expr.path.segments.first().map(|first| place(first.ident.span()));
            Expr::Path(path, at.unwrap_or_default())
        }
        Syn::Call(expr) => {
            let callee = go(&expr.func);
            let at = start(&callee);
            Expr::Call(Box::new(callee), expr.args.iter().map(go).collect(), at)
        }
        Syn::MethodCall(expr) => Expr::Method(Box::new(MethodCall {
            place: place(expr.method.span()),
            receiver: Box::new(go(&expr.receiver)),
            name: expr.method.to_string().into(),
            turbofish: turbofish(expr),
            args: expr.args.iter().map(go).collect(),
        })),
        Syn::Closure(expr) => Expr::Closure(Box::new(Closure {
            place: closure_start(expr),
            is_async: expr.asyncness.is_some() || matches!(*expr.body, Syn::Async(_)),
            args: expr.inputs.iter().map(patterns::arg).collect(),
            body: Box::new(go(&expr.body)),
        })),
        Syn::Macro(expr) => macros::expression(&expr.mac, context, inner),
        Syn::Struct(expr) => {
            let mut fields: Vec<(Name, Expr)> = expr
                .fields
                .iter()
                .map(|field| (patterns::member(&field.member), go(&field.expr)))
                .collect();
            fields.extend(expr.rest.iter().map(|rest| ("..".into(), go(rest))));
            Expr::Struct(Box::new(paths::path(&expr.path, expr.qself.as_ref())), fields)
        }
        Syn::Field(expr) => Expr::Field(Box::new(go(&expr.base)), patterns::member(&expr.member)),
        Syn::Await(expr) => Expr::Await(Box::new(go(&expr.base))),
        Syn::Block(expr) => Expr::Block(block(&expr.block, context, inner)),
        Syn::Unsafe(expr) => Expr::Block(block(&expr.block, context, inner)),
        Syn::Const(expr) => Expr::Block(block(&expr.block, context, inner)),
        Syn::TryBlock(expr) => Expr::Block(block(&expr.block, context, inner)),
        Syn::Async(expr) => {
            Expr::Async(block(&expr.block, context, inner), place(expr.async_token.span))
        }
        Syn::Loop(expr) => {
            let body = Expr::Block(block(&expr.body, context, inner));
            Expr::Loop(vec![body], place(expr.loop_token.span))
        }
        Syn::While(expr) => {
            let condition = go(&expr.cond);
            let body = Expr::Block(block(&expr.body, context, inner));
            Expr::Loop(vec![condition, body], place(expr.while_token.span))
        }
        Syn::ForLoop(expr) => {
            let over = go(&expr.expr);
            let body = Expr::Block(block(&expr.body, context, inner));
            Expr::For(patterns::pattern(&expr.pat), vec![over, body], place(expr.for_token.span))
        }
        Syn::Let(expr) => Expr::Let(Box::new(Let {
            place: place(expr.let_token.span),
            pattern: patterns::pattern(&expr.pat),
            ty: None,
            init: Some(go(&expr.expr)),
            otherwise: None,
        })),
        Syn::Reference(expr) => Expr::Same(Box::new(go(&expr.expr))),
        Syn::Paren(expr) => Expr::Same(Box::new(go(&expr.expr))),
        Syn::Group(expr) => Expr::Same(Box::new(go(&expr.expr))),
        Syn::Try(expr) => Expr::Same(Box::new(go(&expr.expr))),
        Syn::Unary(expr) => match expr.op {
            syn::UnOp::Deref(_) => Expr::Deref(Box::new(go(&expr.expr))),
            _ => Expr::Other(vec![go(&expr.expr)]),
        },
        Syn::RawAddr(expr) => Expr::Same(Box::new(go(&expr.expr))),
        Syn::Cast(expr) => Expr::Cast(Box::new(go(&expr.expr)), paths::ty(&expr.ty)),
        Syn::Assign(expr) => Expr::Assign(Box::new(go(&expr.left)), Box::new(go(&expr.right))),
        Syn::If(expr) => {
            let condition = go(&expr.cond);
            let mut arms = vec![Expr::Block(block(&expr.then_branch, context, inner))];
            if let Some((_, otherwise)) = &expr.else_branch {
                arms.push(expression(otherwise, context, inner));
            }
            Expr::Branches(Branch::If, vec![condition], arms)
        }
        Syn::Match(expr) => {
            let subject = vec![go(&expr.expr)];
            let arms = expr.arms.iter().map(|arm| arm_of(arm, context, inner)).collect();
            Expr::Branches(Branch::Match, subject, arms)
        }
        Syn::Return(expr) => Expr::Return(expr.expr.iter().map(|expr| go(expr)).collect()),
        Syn::Break(expr) => Expr::Return(expr.expr.iter().map(|expr| go(expr)).collect()),
        Syn::Tuple(expr) => Expr::Tuple(expr.elems.iter().map(go).collect()),
        Syn::Array(expr) => Expr::Array(expr.elems.iter().map(go).collect()),
        Syn::Repeat(expr) => Expr::Array(vec![go(&expr.expr)]),
        Syn::Binary(expr) if is_lazy(expr.op) => {
            let mut operand = |expr: &Syn| match expr {
                Syn::Let(_) => go(expr),
                Syn::Binary(inner) if is_lazy(inner.op) => go(expr),
                // Its temporaries are dropped before the next operand.
                _ => Expr::Block(Block { stmts: vec![go(expr)], tail: false }),
            };
            Expr::Other(vec![operand(&expr.left), operand(&expr.right)])
        }
        Syn::Binary(expr) => Expr::Other(vec![go(&expr.left), go(&expr.right)]),
        Syn::Index(expr) => Expr::Field(Box::new(go(&expr.expr)), "[]".into()),
        Syn::Range(expr) => {
            Expr::Other(expr.start.iter().chain(&expr.end).map(|expr| go(expr)).collect())
        }
        Syn::Lit(expr) => Expr::Literal(literal(&expr.lit)),
        _ => Expr::Other(Vec::new()),
    }
}

fn is_lazy(operator: syn::BinOp) -> bool {
    matches!(operator, syn::BinOp::And(_) | syn::BinOp::Or(_))
}

/// An arm binds names as a `let` does, from a subject that only the match knows.
fn arm_of(arm: &syn::Arm, context: &Context<'_>, inner: &mut Items) -> Expr {
    let body = expression(&arm.body, context, inner);
    let pattern = patterns::pattern(&arm.pat);
    let binding = Expr::Let(Box::new(Let {
        place: Place::default(),
        pattern,
        ty: None,
        init: None,
        otherwise: None,
    }));
    let mut stmts = vec![binding];
    if let syn::Pat::Guard(guard) = &arm.pat {
        stmts.push(expression(&guard.guard, context, inner));
    }
    stmts.push(body);
    Expr::Block(Block { stmts, tail: true })
}

/// Returns the attributes of what can stand as a statement.
fn attributes_of(expr: &Syn) -> &[syn::Attribute] {
    match expr {
        Syn::Assign(expr) => &expr.attrs,
        Syn::Await(expr) => &expr.attrs,
        Syn::Block(expr) => &expr.attrs,
        Syn::Call(expr) => &expr.attrs,
        Syn::ForLoop(expr) => &expr.attrs,
        Syn::If(expr) => &expr.attrs,
        Syn::Match(expr) => &expr.attrs,
        Syn::MethodCall(expr) => &expr.attrs,
        Syn::Return(expr) => &expr.attrs,
        Syn::Try(expr) => &expr.attrs,
        _ => &[],
    }
}

fn literal(lit: &syn::Lit) -> Box<str> {
    match lit {
        syn::Lit::Str(text) => text.value().into(),
        syn::Lit::Int(number) => number.base10_digits().into(),
        syn::Lit::Bool(truth) => truth.value.to_string().into(),
        _ => "".into(),
    }
}

fn turbofish(call: &syn::ExprMethodCall) -> Vec<crate::syntax::Ty> {
    let arguments = call.turbofish.iter().flat_map(|turbofish| &turbofish.args);
    arguments
        .filter_map(|argument| match argument {
            syn::GenericArgument::Type(ty) => Some(paths::ty(ty)),
            _ => None,
        })
        .collect()
}

fn closure_start(closure: &syn::ExprClosure) -> Place {
    let span = closure
        .asyncness
        .as_ref()
        .map(|token| token.span)
        .or(closure.capture.as_ref().map(|token| token.span))
        .unwrap_or(closure.inputs_begin.spans[0]);
    place(span)
}

/// Returns where an expression starts, as far as its parts know.
pub(super) fn start(expr: &Expr) -> Place {
    match expr {
        Expr::Path(_, at) | Expr::Call(_, _, at) | Expr::Macro(_, _, at) => *at,
        Expr::Method(call) => start(&call.receiver),
        Expr::Field(inner, _) | Expr::Same(inner) | Expr::Deref(inner) | Expr::Await(inner) => {
            start(inner)
        }
        _ => Place::default(),
    }
}
