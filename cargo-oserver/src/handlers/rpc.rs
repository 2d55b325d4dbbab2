//! Services of RPC: tonic's by the requests that their methods take, jsonrpsee's by the trait that `#[rpc]` makes.

use super::{Found, Framework, Role, signatures};
use crate::program::{Function, Owner, Program};
use crate::syntax::{FnDef, ImplDef};

pub(super) fn find<'a>(program: &Program<'a>, found: &mut Found<'a>) {
    let servers = rpc_traits(program);
    for id in program.module_ids().filter(|id| !program.is_test(*id) && program.may_serve(*id)) {
        for of in program.module(id).items.impls.iter().filter(|of| !of.test && of.of.is_some()) {
            for def in of.fns.iter().filter(|def| !def.attributes.test) {
                let function = Function { def, module: id, owner: Owner::Impl(of) };
                let framework = if takes_tonic(program, &function) {
                    Framework::Tonic
                } else if of_rpc(&servers, of, def) {
                    Framework::Jsonrpsee
                } else {
                    continue;
                };
                let mut handler = signatures::handler(program, &function, Role::Method);
                handler.framework = framework;
                found.add(handler);
            }
        }
    }
}

/// `Request<T>` or a stream of requests, of tonic.
fn takes_tonic<'a>(program: &Program<'a>, function: &Function<'a>) -> bool {
    let scope = program.scope_of(function);
    function.def.receiver.is_some()
        && function.def.is_async
        && function.def.params.iter().any(|param| {
            let ty = program.resolve_type(&param.ty, &scope);
            ty.last() == "Request" && ty.path().starts_with("tonic")
        })
}

/// Names of the traits that `#[rpc(server)]` makes, each with the methods of it.
fn rpc_traits<'a>(program: &Program<'a>) -> Vec<(String, Vec<&'a str>)> {
    let mut found = Vec::new();
    for id in program.module_ids() {
        for of in &program.module(id).items.traits {
            if of.attributes.others.iter().any(|(path, _)| path.last() == "rpc") {
                let methods = of.fns.iter().map(|def| &*def.name).collect();
                found.push((format!("{}Server", of.name), methods));
            }
        }
    }
    found
}

fn of_rpc(servers: &[(String, Vec<&str>)], of: &ImplDef, def: &FnDef) -> bool {
    let name = of.of.as_ref().map_or("", |path| path.last());
    servers.iter().any(|(server, methods)| server == name && methods.contains(&&*def.name))
}
