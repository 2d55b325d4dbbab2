//! `println!` and its like, and the streams that it writes to, where a server handles connections and requests.

use std::collections::HashSet;

use super::Context;
use crate::findings::{Finding, Level, Lint};
use crate::program::{Found, Function, Space};
use crate::syntax::{Expr, Place, TyPath};

pub(super) const LINT: Lint = Lint {
    name: "print-in-server",
    level: Level::Warn,
    summary: "a connection or a request is reported by `println!` or `eprintln!`, or uses `stdout()`",
    page: include_str!("pages/print-in-server.md"),
};

const MACROS: &[&str] = &["print", "println", "eprint", "eprintln", "dbg"];

const OF_MACROS: &str = "the line has no time, no level and no request id, and the write blocks if nothing reads the pipe";

const OF_STREAMS: &str =
    "all requests share its lock, and a request keeps the lock until the other end reads or writes";

pub(super) fn check(context: &Context<'_, '_>, findings: &mut Vec<Finding>) {
    let program = context.program;
    let servers = servers(context);
    let handlers: HashSet<(u32, Place)> =
        context.handlers.iter().map(|handler| (handler.file, handler.place)).collect();
    for function in context.functions() {
        let Some(body) = &function.def.body else { continue };
        let index = program.index_of(function);
        let main = &*function.def.name == "main";
        let reached = !main && index.is_some_and(|index| context.reached.contains(&index));
        let server = servers.contains(&program.module(function.module).krate);
        let look = Look {
            context,
            function,
            server,
            loops: index.map(|index| loops(context, index)).unwrap_or_default(),
            handlers: &handlers,
        };
        for stmt in &body.stmts {
            look.look(stmt, reached, findings);
        }
    }
}

fn loops(context: &Context<'_, '_>, index: u32) -> Vec<Place> {
    let found = context.servers.loops.get(&index).into_iter().flatten();
    found.map(|found| found.place).collect()
}

/// Crates that register handlers or accept connections.
fn servers(context: &Context<'_, '_>) -> HashSet<u32> {
    let program = context.program;
    let of_handler =
        context.handlers.iter().map(|handler| program.module(handler.code.function().module).krate);
    let of_loop = context
        .servers
        .loops
        .keys()
        .map(|index| program.module(program.functions[*index as usize].module).krate);
    of_handler.chain(of_loop).collect()
}

struct Look<'l, 'c, 'a> {
    context: &'l Context<'c, 'a>,
    function: &'l Function<'a>,
    server: bool,
    loops: Vec<Place>,
    handlers: &'l HashSet<(u32, Place)>,
}

impl Look<'_, '_, '_> {
    /// `serving`: whether the visited code runs for a connection or a request.
    fn look(&self, expr: &Expr, serving: bool, findings: &mut Vec<Finding>) {
        match expr {
            Expr::Macro(path, _, place)
                if MACROS.contains(&path.last()) && path.segments.len() == 1 =>
            {
                if serving {
                    self.report(&format!("{}!", path.last()), OF_MACROS, *place, findings);
                }
                expr.parts(&mut |part| self.look(part, serving, findings));
            }
            Expr::Loop(parts, place) => {
                let serving = serving || self.loops.contains(place);
                parts.iter().for_each(|part| self.look(part, serving, findings));
            }
            Expr::Call(callee, args, _) => {
                self.look(callee, serving, findings);
                let name = if let Expr::Path(path, _) = &**callee { path.last() } else { "" };
                if let Expr::Path(path, place) = &**callee
                    && serving
                    && self.is_stream(path)
                {
                    self.report(&format!("{name}()"), OF_STREAMS, *place, findings);
                }
                let serving = serving || (self.server && spawns(name));
                args.iter().for_each(|arg| self.look(arg, serving, findings));
            }
            Expr::Method(call) => {
                self.look(&call.receiver, serving, findings);
                let serving = serving || (self.server && spawns(&call.name));
                call.args.iter().for_each(|arg| self.look(arg, serving, findings));
            }
            Expr::Closure(closure) => {
                let file = self.context.program.module(self.function.module).file;
                let serving = serving || self.handlers.contains(&(file, closure.place));
                self.look(&closure.body, serving, findings);
            }
            other => other.parts(&mut |part| self.look(part, serving, findings)),
        }
    }

    /// Returns `true` for `std::io::stdout`, `stderr` and `stdin`, by whatever name they were imported: all requests share the lock of each.
    fn is_stream(&self, path: &TyPath) -> bool {
        let names: Vec<&str> = path.segments.iter().map(|segment| &*segment.name).collect();
        let program = self.context.program;
        let module = self.function.module;
        match program.resolve(module, &names, path.global, Space::Value) {
            Found::External(path) => {
                matches!(&*path, "std::io::stdout" | "std::io::stderr" | "std::io::stdin")
            }
            _ => false,
        }
    }

    fn report(&self, name: &str, why: &str, place: Place, findings: &mut Vec<Finding>) {
        let mut finding = self.context.finding(&LINT, self.function.module, place);
        finding.subject = self.function.def.name.to_string();
        finding.message = format!(
            "`{name}` in `{}`, which runs while requests are served: {why}",
            self.function.def.name
        );
        finding.help =
            "use `tracing::error!` or a similar macro: its lines have a time, a level and the \
                        request id"
                .to_owned();
        findings.push(finding);
    }
}

fn spawns(name: &str) -> bool {
    matches!(name, "spawn" | "spawn_local" | "spawn_task" | "spawn_blocking" | "on_upgrade")
}
