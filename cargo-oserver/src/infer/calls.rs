//! Types of calls and constructors.

use std::cell::Cell;
use std::collections::HashMap;
use std::rc::Rc;

use super::unify::unify;
use super::{Infer, Locals};
use crate::known;
use crate::program::{Def, Found, Function, Owner, Resolved, Scope, Space};
use crate::syntax::{Expr, MethodCall, Name, Ty, TyPath};

/// The depth that a body adds if its type is inferred.
const OPAQUE: u32 = 6;

impl<'a> Infer<'_, 'a> {
    pub(super) fn call(&self, callee: &'a Expr, args: &'a [Expr], locals: &Locals<'a>) -> Resolved {
        let Expr::Path(path, _) = callee else { return Resolved::Unknown };
        if let Some(init) = path.single().and_then(|name| locals.get(name)?.init) {
            return self.local_call(init, args, locals);
        }
        let names: Vec<&str> = path.segments.iter().map(|segment| &*segment.name).collect();
        let program = self.program;
        let value =
            |index: usize| args.get(index).map_or(Resolved::Unknown, |arg| self.expr(arg, locals));
        match program.resolve(self.scope.module, &names, path.global, Space::Value) {
            Found::Def(Def::Fn(id)) => self.output(&program.function(id), args, locals),
            Found::Def(Def::Type(id) | Def::Variant(id)) => {
                let fields = args.iter().enumerate().map(|(i, arg)| (i.to_string(), arg));
                let fields: Vec<(Name, &'a Expr)> =
                    fields.map(|(name, arg)| (name.into(), arg)).collect();
                self.constructed(id, &fields, locals)
            }
            Found::External(name) => self.external_call(&name, path, value(0)),
            _ => match names.as_slice() {
                ["Some" | "Ok"] => value(0),
                ["Default", "default"] => Resolved::Unknown,
                [.., name] if names.len() > 1 => self.associated_call(path, name, args, locals),
                _ => Resolved::Unknown,
            },
        }
    }

    /// Returns the type of a call of a named closure.
    fn local_call(&self, init: &'a Expr, args: &'a [Expr], locals: &Locals<'a>) -> Resolved {
        let Expr::Closure(closure) = init.bare() else { return Resolved::Unknown };
        let mut inner = locals.clone();
        for (arg, value) in closure.args.iter().zip(args) {
            let ty = match &arg.ty {
                Some(ty) => self.program.resolve_type(ty, &self.scope),
                None => self.expr(value, locals),
            };
            self.pattern(&arg.pattern, &ty, None, &mut inner);
        }
        self.expr(&closure.body, &inner)
    }

    /// `Type::function(…)` of a type that was read, an alias, `Self` or a parameter.
    fn associated_call(
        &self,
        path: &TyPath,
        name: &str,
        args: &'a [Expr],
        locals: &Locals<'a>,
    ) -> Resolved {
        let mut prefix = path.clone();
        prefix.segments.pop();
        let base = self.program.resolve_type(&crate::syntax::Ty::Path(prefix), &self.scope);
        let first = args.first().map(|arg| self.expr(arg, locals));
        match &base {
            Resolved::Own(id, _) => match self.program.method(*id, name) {
                Some(function) => self.method_output(&function, &base, args, locals),
                None if name == "clone" => first.unwrap_or(Resolved::Unknown),
                None => base,
            },
            Resolved::External(path, generic) if generic.is_empty() => {
                self.wrapped(path, first.unwrap_or(Resolved::unit()))
            }
            _ => base,
        }
    }

    /// `Arc::new(x)` is an `Arc` of `x`'s type, `Arc::clone(&x)` is `x`'s.
    fn external_call(&self, name: &str, path: &TyPath, first: Resolved) -> Resolved {
        let Some((base, function)) = name.rsplit_once("::") else { return Resolved::Unknown };
        let is_type = base
            .rsplit("::")
            .next()
            .is_some_and(|last| last.starts_with(|letter: char| letter.is_uppercase()));
        if !is_type {
            let of = function.starts_with(|letter: char| letter.is_uppercase());
            return if of {
                self.wrapped(name, first)
            } else {
                Resolved::External(name.into(), Rc::new([]))
            };
        }
        if matches!(function, "clone" | "Some" | "Ok" | "pin") {
            return first;
        }
        if let Some(known) = known::result(base, function) {
            return Resolved::External(known.into(), Rc::new([]));
        }
        let written = path.segments.iter().rev().nth(1).map_or(&[][..], |segment| &segment.args);
        if written.is_empty() {
            return self.wrapped(base, first);
        }
        let args = written.iter().map(|ty| self.program.resolve_type(ty, &self.scope)).collect();
        Resolved::External(base.into(), args)
    }

    fn wrapped(&self, base: &str, first: Resolved) -> Resolved {
        let holds = !matches!(first, Resolved::Unknown) && first != Resolved::unit();
        let args: Rc<[Resolved]> = if holds { Rc::new([first]) } else { Rc::new([]) };
        Resolved::External(base.into(), args)
    }

    pub(super) fn method(&self, call: &'a MethodCall, locals: &Locals<'a>) -> Resolved {
        let receiver = self.expr(&call.receiver, locals);
        if let Some(inner) = self.behind_lock(&receiver, &call.name)
            && call.args.is_empty()
        {
            return inner;
        }
        match self.method_of(&receiver, &call.name) {
            Some((function, owner)) => self.method_output(&function, &owner, &call.args, locals),
            // `extensions.get::<App>()`, `text.parse::<u32>()`: the requested type.
            None => match call.turbofish.as_slice() {
                [ty] => self.program.resolve_type(ty, &self.scope),
                _ => match known::result(receiver.path(), &call.name) {
                    Some(made) => Resolved::External(made.into(), Rc::new([])),
                    None => receiver,
                },
            },
        }
    }

    /// Returns the type behind the guard that a call of a lock's method gives.
    fn behind_lock(&self, receiver: &Resolved, name: &str) -> Option<Resolved> {
        if !known::is_locking(name) {
            return None;
        }
        match receiver {
            Resolved::External(path, args) if known::kind(path) == known::Kind::Lock => {
                Some(args.first().cloned().unwrap_or(Resolved::Unknown))
            }
            Resolved::External(_, args) => self.behind_lock(args.first()?, name),
            _ => None,
        }
    }

    /// Returns the method that a call on a value of type `receiver` means, through `Arc` and the like.
    #[must_use]
    pub fn method_of(&self, receiver: &Resolved, name: &str) -> Option<(Function<'a>, Resolved)> {
        match receiver {
            Resolved::Own(id, args) => match self.program.method(*id, name) {
                Some(function) => Some((function, receiver.clone())),
                None if name == "clone" => None,
                None => {
                    self.behind(|| self.method_of(&self.program.target(*id, args)?, name)).flatten()
                }
            },
            Resolved::Traits(traits) | Resolved::Param(_, traits) => traits.iter().find_map(|of| {
                let function = self.program.trait_method(of.id?, name)?;
                Some((function, receiver.clone()))
            }),
            Resolved::External(path, args) if name != "clone" && known::derefs(path) => {
                args.first().and_then(|inner| self.method_of(inner, name))
            }
            _ => None,
        }
    }

    fn method_output(
        &self,
        function: &Function<'a>,
        owner: &Resolved,
        args: &'a [Expr],
        locals: &Locals<'a>,
    ) -> Resolved {
        let Some(output) = &function.def.output else { return Resolved::unit() };
        let mut scope = self.program.scope_of(function);
        let unbound = matches!(owner, Resolved::Own(_, args)
            if args.iter().any(|arg| matches!(arg, Resolved::Param(..))));
        scope.itself = Some(owner.clone());
        if let (Owner::Impl(of), Resolved::Own(_, values)) = (function.owner, owner)
            && !unbound
        {
            let mut found = HashMap::new();
            let names: Vec<&str> = of.generics.params.iter().map(|param| &*param.name).collect();
            if let crate::syntax::Ty::Path(path) = &of.for_type
                && let Some(last) = path.segments.last()
            {
                for (written, value) in last.args.iter().zip(values.iter()) {
                    unify(written, value, &names, &mut found);
                }
            }
            Rc::make_mut(&mut scope.params).extend(found);
        }
        if let (Owner::Impl(of), Resolved::Own(id, _)) = (function.owner, owner)
            && unbound
        {
            // `AppState::new(repo)`: the arguments say what the parameters are.
            let mut found = HashMap::new();
            let names: Vec<&str> = of.generics.params.iter().map(|param| &*param.name).collect();
            for (param, arg) in function.def.params.iter().zip(args) {
                unify(&param.ty, &self.expr(arg, locals), &names, &mut found);
            }
            Rc::make_mut(&mut scope.params).extend(found);
            let inner = self.program.resolve_type(&of.for_type, &scope);
            if matches!(inner, Resolved::Own(same, _) if same == *id) {
                scope.itself = Some(inner);
            }
        }
        let ty = self.program.resolve_type(output, &scope);
        self.behind_opaque(function, ty, scope)
    }

    fn output(&self, function: &Function<'a>, args: &'a [Expr], locals: &Locals<'a>) -> Resolved {
        let Some(output) = &function.def.output else { return Resolved::unit() };
        let mut scope = self.program.scope_of(function);
        let names: Vec<&str> =
            function.def.generics.params.iter().map(|param| &*param.name).collect();
        if !names.is_empty() {
            let mut found = HashMap::new();
            for (param, arg) in function.def.params.iter().zip(args) {
                unify(&param.ty, &self.expr(arg, locals), &names, &mut found);
            }
            Rc::make_mut(&mut scope.params).extend(found);
        }
        let ty = self.program.resolve_type(output, &scope);
        self.behind_opaque(function, ty, scope)
    }

    /// `fn make() -> impl Store`: the type of the value that the body ends with, if a trait of the sources hides it.
    fn behind_opaque(&self, function: &Function<'a>, ty: Resolved, scope: Scope) -> Resolved {
        let hidden =
            matches!(&ty, Resolved::Traits(traits) if traits.iter().any(|of| of.id.is_some()));
        let opaque = matches!(function.def.output, Some(Ty::Impl(_)));
        let Some(body) = function.def.body.as_ref().filter(|body| hidden && opaque && body.tail)
        else {
            return ty;
        };
        // A function that calls itself ends where expressions are too deep.
        let depth = self.depth.get() + OPAQUE;
        let infer = Infer { depth: Cell::new(depth), ..Infer::new(self.program, scope) };
        let mut locals = Locals::default();
        for param in &function.def.params {
            let ty = infer.program.resolve_type(&param.ty, &infer.scope);
            infer.pattern(&param.pattern, &ty, None, &mut locals);
        }
        let Some((last, before)) = body.stmts.split_last() else { return ty };
        before.iter().for_each(|stmt| infer.bind(stmt, &mut locals));
        match infer.expr(last, &locals) {
            made @ (Resolved::Own(..) | Resolved::External(..)) if made != Resolved::unit() => made,
            _ => ty,
        }
    }
}
