//! Services of RPC: those of tonic and poem-grpc by the requests that their methods take, jsonrpsee's by the trait that `#[rpc]` makes, tarpc's
//! by the trait that has `#[tarpc::service]`.

use super::{Found, Framework, Role, signatures};
use crate::program::{Function, Owner, Program};
use crate::syntax::{FnDef, ImplDef};

pub(super) fn find<'a>(program: &Program<'a>, found: &mut Found<'a>) {
    let servers = rpc_traits(program);
    for id in program.module_ids().filter(|id| !program.is_test(*id) && program.may_serve(*id)) {
        for of in program.module(id).items.impls.iter().filter(|of| !of.test && of.of.is_some()) {
            for def in of.fns.iter().filter(|def| !def.attributes.test) {
                let function = Function { def, module: id, owner: Owner::Impl(of) };
                let framework = if let Some(framework) = takes_request(program, &function) {
                    framework
                } else if let Some(framework) = of_rpc(&servers, of, def) {
                    framework
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

/// Returns the framework whose `Request<T>` or stream of requests a method takes: tonic or poem-grpc.
fn takes_request<'a>(program: &Program<'a>, function: &Function<'a>) -> Option<Framework> {
    if function.def.receiver.is_none() || !function.def.is_async {
        return None;
    }
    let scope = program.scope_of(function);
    function.def.params.iter().find_map(|param| {
        let ty = program.resolve_type(&param.ty, &scope);
        let path = ty.path();
        match ty.last() {
            "Request" if path.starts_with("tonic") => Some(Framework::Tonic),
            "Request" if path.starts_with("poem_grpc") => Some(Framework::PoemGrpc),
            _ => None,
        }
    })
}

/// A trait whose methods answer.
struct Served<'a> {
    name: String,
    framework: Framework,
    methods: Vec<&'a str>,
}

/// Returns the traits that `#[rpc(server)]` makes, and those that have `#[tarpc::service]`.
fn rpc_traits<'a>(program: &Program<'a>) -> Vec<Served<'a>> {
    let mut found = Vec::new();
    for id in program.module_ids() {
        for of in &program.module(id).items.traits {
            let methods = || of.fns.iter().map(|def| &*def.name).collect();
            for (path, _) in &of.attributes.others {
                let (name, framework) = match path.last() {
                    "rpc" => (format!("{}Server", of.name), Framework::Jsonrpsee),
                    "service" if path.plain() == "tarpc::service" => {
                        (of.name.to_string(), Framework::Tarpc)
                    }
                    _ => continue,
                };
                found.push(Served { name, framework, methods: methods() });
            }
        }
    }
    found
}

fn of_rpc(servers: &[Served<'_>], of: &ImplDef, def: &FnDef) -> Option<Framework> {
    let name = of.of.as_ref().map_or("", |path| path.last());
    let serves = |of: &&Served<'_>| of.name == name && of.methods.contains(&&*def.name);
    servers.iter().find(serves).map(|of| of.framework)
}
