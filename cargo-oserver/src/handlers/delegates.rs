//! Functions that a handler without a router hands its request to: `match path { … => users(req, state) }`.

use super::{Code, Found, Framework, Handler, Role, Way, signatures};
use crate::flow::{Visit, captured, function_item};
use crate::infer::{Infer, Locals};
use crate::program::{Function, Program};
use crate::syntax::{Closure, Expr, Name};

/// The limit of functions that pass the request on.
const ROUNDS: usize = 8;

pub(super) fn find<'a>(program: &Program<'a>, found: &mut Found<'a>) {
    let direct = |handler: &&Handler<'a>| {
        matches!(handler.framework, Framework::Hyper | Framework::Tower)
            || handler.role == Role::Service
            || handler.role == Role::Closure
    };
    let mut open: Vec<Handler<'a>> = found.by_place.values().filter(direct).cloned().collect();
    for _ in 0..ROUNDS {
        let mut next = Vec::new();
        for handler in &open {
            for function in handed_to(program, handler) {
                let file = program.module(function.module).file;
                if found.by_place.contains_key(&(file, function.def.place, None)) {
                    continue;
                }
                let mut inner = signatures::handler(program, &function, Role::Function);
                inner.framework = handler.framework;
                inner.delegate = true;
                inner.own = own(program, handler, &function);
                next.push(inner.clone());
                found.add(inner);
            }
        }
        if next.is_empty() {
            break;
        }
        open = next;
    }
}

#[derive(Default)]
struct Calls<'a> {
    found: Vec<Function<'a>>,
}

fn handed_to<'a>(program: &Program<'a>, handler: &Handler<'a>) -> Vec<Function<'a>> {
    let mut calls = Calls::default();
    handler.code.visit(program, &mut calls);
    let takes_request = |function: &Function<'a>| {
        let scope = program.scope_of(function);
        !program.is_test(function.module)
            && answers(function)
            && function
                .def
                .params
                .iter()
                .any(|param| program.resolve_type(&param.ty, &scope).last() == "Request")
    };
    let mut found: Vec<Function<'a>> = calls.found.into_iter().filter(takes_request).collect();
    if let Code::Closure(closure, function, locals) = &handler.code {
        let infer = Infer::new(program, program.scope_of(function));
        found.extend(
            thin(&closure.body, &infer)
                .filter(|(function, args)| {
                    !program.is_test(function.module)
                        && is_given(handler.framework, closure, locals, args)
                })
                .map(|(function, _)| function),
        );
    }
    found
}

/// Returns the parameters of a function that get what belongs to the connection.
fn own<'a>(program: &Program<'a>, handler: &Handler<'a>, function: &Function<'a>) -> Vec<Way> {
    let Code::Closure(closure, around, _) = &handler.code else { return Vec::new() };
    let infer = Infer::new(program, program.scope_of(around));
    let mut found: Option<Vec<Way>> = None;
    closure.body.walk(&mut |expr| {
        if let Expr::Call(callee, args, _) = expr
            && let Expr::Path(path, _) = &**callee
            && function_item(path, &infer).is_some_and(|of| std::ptr::eq(of.def, function.def))
        {
            let is_own = |arg: &Expr| {
                name_of(arg).is_some_and(|name| handler.own.contains(&Way::Capture(name)))
            };
            let ways = args.iter().enumerate().filter(|(_, arg)| is_own(arg));
            let ways: Vec<Way> = ways.map(|(index, _)| Way::Parameter(index)).collect();
            // Another call of it may give something else.
            match &mut found {
                Some(known) => known.retain(|way| ways.contains(way)),
                None => found = Some(ways),
            }
        }
        true
    });
    found.unwrap_or_default()
}

/// `&name`, `name.clone()`, `Arc::clone(&name)`
fn name_of(expr: &Expr) -> Option<Name> {
    match expr.bare() {
        Expr::Path(path, _) => {
            path.segments.first().filter(|_| path.single().is_some()).map(|segment| segment.name)
        }
        Expr::Method(call) if &*call.name == "clone" => name_of(&call.receiver),
        Expr::Call(_, args, _) if args.len() == 1 => name_of(&args[0]),
        _ => None,
    }
}

/// Returns `true` if a function gets what the closure got. axum's extractors take a request apart: a function that gets
/// the parts only computes with them, so the closure alone is the handler. A captured value goes along whole.
fn is_given(framework: Framework, closure: &Closure, locals: &Locals<'_>, args: &[Expr]) -> bool {
    let bound = || closure.args.iter().flat_map(|arg| &arg.pattern.bindings);
    let captured = captured(closure, locals);
    let whole = |name: Name| {
        bound().any(|known| known.way.is_empty() && known.name == name)
            || captured.iter().any(|(known, _)| *known == name)
    };
    let mut names = args.iter().filter_map(name_of);
    match framework {
        Framework::Axum | Framework::Oserver => names.any(whole),
        _ => names.next().is_some(),
    }
}

/// `|app| list(app)`: the function that a closure only calls, with the arguments.
fn thin<'a, 'e>(body: &'e Expr, infer: &Infer<'_, 'a>) -> Option<(Function<'a>, &'e [Expr])> {
    match body.bare() {
        Expr::Await(inner) => thin(inner, infer),
        Expr::Async(block, _) | Expr::Block(block) if block.tail => {
            thin(block.stmts.last()?, infer)
        }
        Expr::Call(callee, args, _) if !args.is_empty() => match &**callee {
            Expr::Path(path, _) => function_item(path, infer)
                .filter(|function| {
                    function.def.receiver.is_none() && !function.def.params.is_empty()
                })
                .map(|function| (function, &**args)),
            _ => None,
        },
        _ => None,
    }
}

/// Returns `true` if a function may answer the request, and does not only read it.
fn answers(function: &Function<'_>) -> bool {
    let output = function.def.output.as_ref().map(ToString::to_string).unwrap_or_default();
    function.def.is_async || output.contains("Response") || output.contains("Future")
}

impl<'a> Visit<'a> for Calls<'a> {
    fn expr(&mut self, expr: &'a Expr, infer: &Infer<'_, 'a>, locals: &Locals<'a>) {
        match expr {
            Expr::Call(callee, _, _) => {
                if let Expr::Path(path, _) = &**callee
                    && let Some(function) = function_item(path, infer)
                {
                    self.found.push(function);
                }
            }
            // Handed on by name: `span(request, list)`.
            Expr::Path(path, _) => self.found.extend(function_item(path, infer)),
            Expr::Method(call) => {
                let receiver = infer.expr(&call.receiver, locals);
                if let Some((function, _)) = infer.method_of(&receiver, &call.name) {
                    self.found.push(function);
                }
            }
            _ => {}
        }
    }
}
