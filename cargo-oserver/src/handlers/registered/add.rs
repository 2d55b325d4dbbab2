//! Adds the handlers that were found.

use super::super::signatures;
use super::{Call, Look};
use crate::handlers::{Code, Framework, Handler, Role};
use crate::infer::Locals;
use crate::program::{Function, Owner, Resolved};
use crate::syntax::Closure;

impl<'a> Look<'_, '_, 'a> {
    pub(super) fn route(&self, call: &str) -> Vec<String> {
        let verb = call.to_uppercase();
        let known = matches!(
            &*verb,
            "GET"
                | "POST"
                | "PUT"
                | "DELETE"
                | "PATCH"
                | "HEAD"
                | "OPTIONS"
                | "TRACE"
                | "CONNECT"
                | "ANY"
        );
        match &self.route {
            Some(route) if known => vec![format!("{verb} {route}")],
            _ => Vec::new(),
        }
    }

    /// `types` are those that the call gives for the function's type parameters, `None` if it gives none.
    pub(super) fn add_function(
        &mut self,
        function: &Function<'a>,
        call: &Call<'_>,
        types: Option<Vec<Resolved>>,
    ) {
        let no_body = matches!(function.owner, Owner::Trait(_)) && function.def.body.is_none();
        if self.program.is_test(function.module) || no_body {
            return;
        }
        let mut handler = signatures::handler(self.program, function, call.registration.role);
        let framework = call.registration.framework;
        if handler.framework == Framework::Unknown || framework == Framework::Hyper {
            handler.framework = framework;
        }
        handler.routes = self.route(call.name);
        handler.errors = call.registration.errors;
        handler.open = types.is_none();
        handler.instances = types.into_iter().filter(|types| !types.is_empty()).collect();
        self.found.add(handler);
    }

    pub(super) fn add_closure(
        &mut self,
        closure: &'a Closure,
        function: Function<'a>,
        call: &Call<'_>,
        locals: &Locals<'a>,
    ) {
        let name = format!("{{closure in {}}}", function.def.name);
        let code = Code::Closure(closure, function, locals.clone());
        let made = Handler::new(self.program, name, closure.place, code);
        self.found.add(Handler {
            framework: call.registration.framework,
            role: Role::Closure,
            routes: self.route(call.name),
            inferred: call.inferred.clone(),
            errors: call.registration.errors,
            ..made
        });
    }
}
