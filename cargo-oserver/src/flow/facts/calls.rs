//! Effects of calls: functions of the sources, locks that are taken, threads that are blocked.

use super::names::{lock_path, pointee, static_of, takes, uses_diesel};
use super::{Acquire, Call, INLINED, Look, StaticUse};
use crate::flow::calls::{external, hands_over};
use crate::flow::{
    Get, Origin, Origins, arguments, extractors_of, function_item, functions_of, given, methods_of,
    request_state, walk,
};
use crate::infer::{Infer, Locals};
use crate::known;
use crate::program::{Function, Resolved, Scope};
use crate::syntax::{Closure, Expr, MethodCall, Place, TyPath};

impl<'a> Look<'_, '_, '_, 'a> {
    pub(super) fn path_call(
        &mut self,
        path: &'a TyPath,
        args: &'a [Expr],
        place: Place,
        infer: &Infer<'_, 'a>,
        locals: &Locals<'a>,
    ) {
        if let Some(local) = path.single().and_then(|name| locals.get(name)) {
            if let Some(Expr::Closure(closure)) = local.init.map(Expr::bare) {
                self.local_call(closure, infer, locals);
            }
            return;
        }
        self.facts.catches |= path.last() == "catch_unwind";
        if let Some((text, ty)) = request_state::delegated(path, infer) {
            self.facts.gets.push(Get { place, text, ty });
        }
        if let Some(function) = function_item(path, infer) {
            let scope = infer.program.scope_of(&function);
            for (param, arg) in function.def.params.iter().zip(args) {
                let ty = infer.program.resolve_type(&param.ty, &scope);
                self.expected(arg, infer, locals, &param.ty.to_string(), ty);
            }
            functions_of(path, infer).iter().for_each(|function| self.call(function, place, false));
            return;
        }
        if let Some(name) = external(path, infer)
            && known::blocking_call(&name)
        {
            self.blocks(place, name);
        }
    }

    /// A call of a closure under a local name: its body runs here.
    pub(super) fn local_call(
        &mut self,
        closure: &'a Closure,
        infer: &Infer<'_, 'a>,
        locals: &Locals<'a>,
    ) {
        if self.inlined.len() >= INLINED || self.inlined.contains(&closure.place) {
            return;
        }
        self.inlined.push(closure.place);
        let mut inner = locals.clone();
        arguments(closure, infer, &mut inner);
        walk(&closure.body, infer, &mut inner, self);
        self.inlined.pop();
    }

    pub(super) fn method_call(
        &mut self,
        call: &'a MethodCall,
        infer: &Infer<'_, 'a>,
        locals: &Locals<'a>,
    ) {
        self.facts.serves |= call.name.starts_with("serve_connection");
        self.facts.catches |= &*call.name == "catch_unwind";
        if request_state::reads_request(call, locals)
            && let Some(ty) = call.turbofish.first()
        {
            let resolved = infer.program.resolve_type(ty, &infer.scope);
            if request_state::extracts(&call.name) {
                let extractors = extractors_of(infer.program, &resolved);
                extractors.iter().for_each(|function| self.call(function, call.place, false));
            }
            self.get(call, ty.to_string(), resolved);
        }
        let receiver = infer.expr(&call.receiver, locals);
        let found = methods_of(infer, &receiver, &call.name);
        for function in &found {
            self.call(function, call.place, false);
        }
        if found.is_empty() {
            self.unresolved(call, &receiver, infer, locals);
        }
        if let Some(lock) = lock_path(&receiver).filter(|_| takes(&call.name)) {
            let origins = Origins {
                infer,
                reach: self.flow.reach,
                made: Some(self.flow),
                connection: None,
                depth: 0,
            };
            let origin = origins.of(&call.receiver, locals);
            let root = given::root(&call.receiver, locals);
            self.facts.acquires.push(Acquire { place: call.place, lock, origin, root });
        }
    }

    pub(super) fn unresolved(
        &mut self,
        call: &'a MethodCall,
        receiver: &Resolved,
        infer: &Infer<'_, 'a>,
        locals: &Locals<'a>,
    ) {
        if *receiver == Resolved::Unknown
            && let Some(index) = self.flow.unique.get(&*call.name)
        {
            let offloaded = self.offloaded();
            self.facts.calls.push(Call {
                to: *index,
                place: call.place,
                sure: false,
                offloaded,
                passed: false,
            });
        }
        let path = pointee(receiver);
        if self.awaited.contains(&call.place) || is_numeric_address(call, infer, locals) {
            return;
        }
        if known::diesel_method(&call.name) && call.args.len() == 1 && uses_diesel(infer) {
            self.blocks(call.place, format!("diesel::RunQueryDsl::{}", call.name));
        } else if known::blocking_method(path, &call.name) {
            let what = if path.is_empty() {
                format!(".{}()", call.name)
            } else {
                format!("{path}::{}", call.name)
            };
            self.blocks(call.place, what);
        }
    }

    /// A body that was not kept: only its names count.
    pub(super) fn mentions(&mut self, function: &Function<'a>) {
        let program = self.flow.program();
        let infer = Infer::new(program, program.scope_of(function));
        let (place, mentions) = (function.def.place, &function.def.mentions);
        let names = || mentions.iter().map(|mention| parted(mention).1);
        let may_block = names().any(|name| known::offloads(name.trim_start_matches('.'), ""));
        let opens = names().any(|name| name == ".open");
        for mention in mentions {
            let (around, name) = parted(mention);
            self.offloading.push(around.split_terminator('(').any(|call| {
                match call.strip_prefix('.') {
                    Some(method) => known::offloads(method, ""),
                    None => {
                        let path = TyPath::of_names(call);
                        let name = external(&path, &infer).unwrap_or_else(|| path.plain());
                        known::offloads(&name, "") || hands_over(&path, &infer)
                    }
                }
            }));
            if let Some(chain) = name.strip_prefix("self.") {
                self.mentioned_part(chain, place, &infer);
            } else if let Some(name) = name.strip_prefix('.') {
                self.mentioned_method(name, place);
            } else if let Some(what) = self.mentioned_path(&TyPath::of_names(name), place, &infer)
                && !may_block
            {
                match what.strip_suffix("::new") {
                    Some(options) if opens && known::blocking_method(options, "open") => {
                        self.blocks(place, format!("{options}::open"));
                    }
                    _ if known::blocking_call(&what) => self.blocks(place, what),
                    _ => {}
                }
            }
            self.offloading.pop();
        }
    }

    /// Returns the whole path if it is one of another crate.
    fn mentioned_path(
        &mut self,
        path: &TyPath,
        place: Place,
        infer: &Infer<'_, 'a>,
    ) -> Option<String> {
        if let Some(id) = static_of(path, infer, &Locals::default()) {
            let program = infer.program;
            let ty = program.resolve_type(&program.static_def(id).ty, &Scope::new(id.module));
            if let Some(lock) = lock_path(&ty) {
                let origin = Origin::Shared;
                self.facts.acquires.push(Acquire { place, lock, origin, root: None });
            }
            self.facts.statics.push(StaticUse { id, way: Vec::new() });
            return None;
        }
        let found = functions_of(path, infer);
        found.iter().for_each(|function| self.call(function, place, false));
        external(path, infer).filter(|_| found.is_empty())
    }

    /// `field.method` of `self`.
    fn mentioned_part(&mut self, chain: &str, place: Place, infer: &Infer<'_, 'a>) {
        let (fields, name) = chain.rsplit_once('.').unwrap_or(("", chain));
        let itself = infer.scope.itself.clone().unwrap_or(Resolved::Unknown);
        let fields = fields.split('.').filter(|field| !field.is_empty());
        let ty = fields.fold(itself, |ty, field| infer.field(&ty, field));
        let found = methods_of(infer, &ty, name);
        found.iter().for_each(|function| self.call(function, place, false));
        if let Some(lock) = lock_path(&ty).filter(|_| takes(name)) {
            let (origin, root) = (Origin::Given, Some("self".into()));
            self.facts.acquires.push(Acquire { place, lock, origin, root });
        }
        if found.is_empty() && ty == Resolved::Unknown {
            self.mentioned_method(name, place);
        }
    }

    fn mentioned_method(&mut self, name: &str, place: Place) {
        if let Some(index) = self.flow.unique.get(name) {
            let offloaded = self.offloaded();
            let call = Call { to: *index, place, sure: false, offloaded, passed: false };
            self.facts.calls.push(call);
        }
    }
}

/// The calls around a mentioned name, each with its parenthesis, and the name.
fn parted(mention: &str) -> (&str, &str) {
    mention.split_at(mention.rfind('(').map_or(0, |at| at + 1))
}

/// `"127.0.0.1:80".to_socket_addrs()`, `(Ipv4Addr::LOCALHOST, 80).to_socket_addrs()`: no name is looked up.
fn is_numeric_address<'a>(
    call: &'a MethodCall,
    infer: &Infer<'_, 'a>,
    locals: &Locals<'a>,
) -> bool {
    if &*call.name != "to_socket_addrs" {
        return false;
    }
    let host = match call.receiver.bare() {
        Expr::Literal(text) => return text.parse::<std::net::SocketAddr>().is_ok(),
        Expr::Tuple(parts) => parts.first().map(Expr::bare),
        other => Some(other),
    };
    match host {
        Some(Expr::Literal(text)) => text.parse::<std::net::IpAddr>().is_ok(),
        Some(host) => {
            let ty = infer.expr(host, locals);
            let name = pointee(&ty);
            name.starts_with("std::net::")
                && (name.contains("SocketAddr") || name.contains("IpAddr") || name.contains("Ipv"))
        }
        None => false,
    }
}
