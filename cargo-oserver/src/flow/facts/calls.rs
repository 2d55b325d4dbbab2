//! Effects of calls: functions of the sources, locks that are taken, threads that are blocked.

use super::names::{external, lock_path, pointee, static_of, takes, uses_diesel};
use super::{Acquire, Call, INLINED, Look, StaticUse};
use crate::flow::{Get, Origins, arguments, function_item, gets, methods_of, walk};
use crate::infer::{Infer, Locals};
use crate::known;
use crate::program::{Function, Resolved};
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
        if let Some((text, ty)) = gets::delegated(path, infer) {
            self.facts.gets.push(Get { place, text, ty });
        }
        if let Some(function) = function_item(path, infer) {
            let scope = infer.program.scope_of(&function);
            for (param, arg) in function.def.params.iter().zip(args) {
                let ty = infer.program.resolve_type(&param.ty, &scope);
                self.expected(arg, infer, locals, &param.ty.to_string(), ty);
            }
            self.call(&function, place, false);
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
        if gets::gets(call, locals)
            && let Some(ty) = call.turbofish.first()
        {
            let resolved = infer.program.resolve_type(ty, &infer.scope);
            self.get(call, ty.to_string(), resolved);
        }
        let receiver = infer.expr(&call.receiver, locals);
        let found = methods_of(infer, &receiver, &call.name);
        for function in &found {
            self.call(function, call.place, false);
        }
        if found.is_empty() {
            self.unresolved(call, &receiver, infer);
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
            self.facts.acquires.push(Acquire { place: call.place, lock, origin });
        }
    }

    pub(super) fn unresolved(
        &mut self,
        call: &MethodCall,
        receiver: &Resolved,
        infer: &Infer<'_, 'a>,
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
        if self.awaited.contains(&call.place) {
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
        for mention in &function.def.mentions {
            if let Some(name) = mention.strip_prefix('.') {
                if let Some(index) = self.flow.unique.get(name) {
                    let place = function.def.place;
                    let call =
                        Call { to: *index, place, sure: false, offloaded: false, passed: false };
                    self.facts.calls.push(call);
                }
                continue;
            }
            let segment = |name: &str| crate::syntax::Segment {
                name: name.into(),
                args: Vec::new(),
                assoc: Box::default(),
            };
            let path = TyPath {
                segments: mention.split("::").map(segment).collect(),
                ..TyPath::default()
            };
            if let Some(id) = static_of(&path, &infer, &Locals::default()) {
                self.facts.statics.push(StaticUse { id, way: Vec::new() });
            } else if let Some(function) = function_item(&path, &infer) {
                self.call(&function, function.def.place, false);
            }
        }
    }
}
