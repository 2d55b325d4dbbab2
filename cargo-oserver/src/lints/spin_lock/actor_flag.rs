//! A flag of an actor that one command sets and another command resets. Findings of the lint
//! [`spin-lock`](super).

use std::collections::HashSet;

use super::{Context, LINT};
use crate::findings::Finding;
use crate::lints::lock_in_actor::is_actor;
use crate::syntax::{Expr, FnDef, ImplDef, Place};

pub(super) fn check(context: &Context<'_, '_>, findings: &mut Vec<Finding>) {
    let program = context.program;
    let modules = program.module_ids().filter(|module| !program.is_test(*module));
    let impls = modules.flat_map(|module| &program.module(module).items.impls);
    let pairs: Vec<Pair<'_>> = impls.filter(|of| is_actor(of)).flat_map(pairs).collect();
    if pairs.is_empty() {
        return;
    }
    for function in context.functions() {
        let Some(body) = &function.def.body else { continue };
        for pair in &pairs {
            let (mut taken, mut given): (Option<Place>, bool) = (None, false);
            for stmt in &body.stmts {
                stmt.walk(&mut |expr| {
                    if let Expr::Method(call) = expr {
                        if *call.name == *pair.take {
                            taken.get_or_insert(call.place);
                        }
                        given |= taken.is_some() && *call.name == *pair.give;
                    }
                    true
                });
            }
            let Some(place) = taken.filter(|_| given) else { continue };
            let mut finding = context.finding(&LINT, function.module, place);
            finding.subject = function.def.name.to_string();
            finding.message = format!(
                "`{}` sets the flag `{}` of an actor by `{}` and resets it by `{}`: a panic or a deadline between the two leaves \
                 the flag set for every later request",
                function.def.name, pair.flag, pair.take, pair.give
            );
            finding.help = "let one command do the work that must not overlap".to_owned();
            findings.push(finding);
        }
    }
}

struct Pair<'a> {
    flag: &'a str,
    take: &'a str,
    give: &'a str,
}

fn pairs(of: &ImplDef) -> Vec<Pair<'_>> {
    let mut pairs = Vec::new();
    for take in of.fns.iter().filter(|def| returns_bool(def)) {
        for flag in tried(take) {
            let gives = |def: &&FnDef| def.name != take.name && writes(def, "false").contains(flag);
            let give = of.fns.iter().find(gives);
            pairs.extend(give.map(|give| Pair { flag, take: &take.name, give: &give.name }));
        }
    }
    pairs
}

fn returns_bool(def: &FnDef) -> bool {
    def.output.as_ref().is_some_and(|output| output.to_string() == "bool")
}

/// Flags that a function looks at and sets: `!mem::replace(&mut self.busy, true)`, or `if self.busy { return false; } self.busy = true;`.
fn tried(def: &FnDef) -> Vec<&str> {
    let mut tried = Vec::new();
    let set = writes(def, "true");
    let looks = |expr: &Expr, flag: &str| expr.any(&|part| own_field(part) == Some(flag));
    for stmt in def.body.iter().flat_map(|body| &body.stmts) {
        stmt.walk(&mut |expr| {
            match expr {
                Expr::Branches(_, subject, _) => tried.extend(
                    set.iter().filter(|flag| subject.iter().any(|part| looks(part, flag))).copied(),
                ),
                Expr::Call(..) => tried.extend(replaced(expr, "true")),
                // `self.held.insert(key)`
                Expr::Method(call) if &*call.name == "insert" && call.args.len() == 1 => {
                    tried.extend(own_field(&call.receiver));
                }
                _ => {}
            }
            true
        });
    }
    tried
}

/// Fields of the actor that a function gives this value.
fn writes<'a>(def: &'a FnDef, value: &str) -> HashSet<&'a str> {
    let mut written = HashSet::new();
    for stmt in def.body.iter().flat_map(|body| &body.stmts) {
        stmt.walk(&mut |expr| {
            match expr {
                Expr::Assign(place, new) if is_literal(new, value) => {
                    written.extend(own_field(place))
                }
                Expr::Call(..) => written.extend(replaced(expr, value)),
                Expr::Method(call) if &*call.name == "remove" && value == "false" => {
                    written.extend(own_field(&call.receiver));
                }
                _ => {}
            }
            true
        });
    }
    written
}

/// `mem::replace(&mut self.flag, value)`
fn replaced<'a>(expr: &'a Expr, value: &str) -> Option<&'a str> {
    let Expr::Call(callee, args, _) = expr else { return None };
    let [flag, new] = args.as_slice() else { return None };
    let replaces = matches!(&**callee, Expr::Path(path, _) if path.last() == "replace");
    own_field(flag).filter(|_| replaces && is_literal(new, value))
}

fn own_field(expr: &Expr) -> Option<&str> {
    let Expr::Field(owner, name) = expr.bare() else { return None };
    matches!(owner.bare(), Expr::Path(path, _) if path.single() == Some("self")).then_some(&**name)
}

fn is_literal(expr: &Expr, value: &str) -> bool {
    matches!(expr.bare(), Expr::Literal(text) if **text == *value)
}
