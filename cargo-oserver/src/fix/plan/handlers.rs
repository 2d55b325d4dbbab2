//! One handler: whether it can have the attribute, and what that needs.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::state::Kind;
use super::{Planner, Refusal, Source, is_ours};
use crate::fix::change::{Action, Change, Reason};
use crate::fix::edits::Edit;
use crate::fix::tree::{FnSite, Inside, line_before};
use crate::handlers::{Code, Framework, Handler, Role, Verdict, named};
use crate::program::{Function, ModuleId, Owner};
use crate::syntax::Ty;

/// The changes, features and edits that an annotated function needs beside its attribute.
#[derive(Debug, Default)]
pub(super) struct Needs {
    pub(super) changes: Vec<usize>,
    pub(super) features: BTreeSet<&'static str>,
    pub(super) edits: Vec<Edit>,
}

impl<'a> Planner<'_, 'a> {
    pub(super) fn handler(&mut self, handler: &Handler<'a>) {
        if !is_ours(handler.framework) {
            return;
        }
        if let Err(refusal) = self.try_handler(handler) {
            self.left(handler, refusal);
        }
    }

    fn try_handler(&mut self, handler: &Handler<'a>) -> Result<(), Refusal> {
        if handler.verdict() == Verdict::Forbidden && !self.is_freed(handler) {
            return Err((Reason::Lock, self.reaches(handler)));
        }
        let module = match &handler.code {
            Code::Function(function) | Code::Closure(_, function, _) => function.module,
            // A task of an accept loop is served by `oserver::serve`, and then has handlers.
            Code::Block(..) => return Ok(()),
        };
        self.has_axum_08(module)?;
        if handler.errors {
            let message =
                "`HandleErrorLayer` gives it an error, not a request: it cannot have a guard";
            return Err((Reason::Framework, message.to_owned()));
        }
        match &handler.code {
            Code::Function(function) => self.function(handler, function),
            Code::Closure(..) => self.closure(handler),
            Code::Block(..) => Ok(()),
        }
    }

    /// Returns the state that leads a handler to a lock, and the lock.
    fn reaches(&self, handler: &Handler<'a>) -> String {
        let state = handler.states.iter().find(|state| !state.locks.is_empty());
        let of_state = state.and_then(|state| Some((&state.locks.first()?.name, &*state.text)));
        let of_static = handler.statics.first().map(|found| {
            let def = self.program.static_def(found.id);
            (&found.lock.name, &*def.name)
        });
        let (lock, from) = of_state.or(of_static).map_or(("", ""), |(lock, from)| (lock, from));
        format!(
            "`{from}` leads to a lock (`{}`): decide what replaces the lock; the plan of the lock suggests a shape",
            lock.trim_start_matches('?')
        )
    }

    /// Handlers of axum 0.7 implement other traits than those of 0.8.
    fn has_axum_08(&self, module: ModuleId) -> Result<(), Refusal> {
        let Some(manifest) = self.manifest(module) else { return Ok(()) };
        let version = self.dependencies.version(&manifest, "axum");
        match version {
            // A requirement such as `*` says nothing.
            Some(version)
                if version.starts_with(|first: char| first.is_ascii_digit())
                    && !version.starts_with("0.8.")
                    && version != "0.8" =>
            {
                Err((
                    Reason::Framework,
                    format!(
                        "this package has axum {version}: oserver needs axum 0.8, so update axum first"
                    ),
                ))
            }
            _ => Ok(()),
        }
    }

    fn function(&mut self, handler: &Handler<'a>, function: &Function<'a>) -> Result<(), Refusal> {
        let found = self.site(handler);
        // The trait fixes what a macro writes there.
        if found.is_err() && handler.role == Role::Service {
            return Ok(());
        }
        let (site, source) = found?;
        if handler.routes.is_empty()
            && self.within.contains(&std::ptr::from_ref(function.def))
            && self.references(function, &site).is_empty()
        {
            return Ok(());
        }
        if handler.role == Role::Service && needs_no_guard(&source.text, &site) {
            return Ok(());
        }
        let of_trait = matches!(function.owner, Owner::Impl(of) if of.of.is_some());
        if handler.role == Role::Service || of_trait || site.inside == Inside::Trait {
            return Err((
                Reason::Method,
                "it is a method of a trait, which fixes its return type: give the router a function that calls it".to_owned(),
            ));
        }
        let served = self.served.get(&(handler.file, handler.place)).copied();
        if served.is_none() && matches!(handler.framework, Framework::Hyper | Framework::Tower) {
            // The decision is about the handler that calls it.
            if handler.delegate {
                return Ok(());
            }
            return Err((
                Reason::Framework,
                "`service_fn` requires its present return type: serve the function itself with `oserver::serve`, then annotate it".to_owned(),
            ));
        }
        if function.def.unusual {
            return Err((
                Reason::Signature,
                "a handler can be neither `const` nor `unsafe` nor `extern`".to_owned(),
            ));
        }
        let returns_future = function
            .def
            .output
            .as_ref()
            .is_some_and(|output| output.to_string().contains("Future"));
        // Without `async` it runs on a blocking thread.
        let borrows = function.def.params.iter().any(|param| matches!(param.ty, Ty::Ref(_)));
        if !function.def.is_async && (returns_future || borrows) {
            let words = if returns_future {
                "it returns a future: make it an `async fn`"
            } else {
                "without `async` it runs on another thread and cannot borrow: take owned values"
            };
            return Err((Reason::Signature, words.to_owned()));
        }
        // A function inside of the body would look like a call.
        let nested = site.inside == Inside::Body && !is_called(&source.text, &site.name);
        if self.called.caller(function).is_some() && !nested {
            return self.split(handler, function, &site, &source);
        }
        if site.receiver {
            return self.split(handler, function, &site, &source);
        }
        let mut needs = self.params(function, &site, &source)?;
        needs.changes.extend(served);
        self.named_statics(handler, function.module, &mut needs)?;
        self.annotate(handler, function.module, &site, &source, needs);
        Ok(())
    }

    /// Adds what the statics need that a handler names: its guard asks for their types, too.
    pub(super) fn named_statics(
        &mut self,
        handler: &Handler<'a>,
        module: ModuleId,
        needs: &mut Needs,
    ) -> Result<(), Refusal> {
        for (whole, part) in named(self.program, handler) {
            // A method may use all of it.
            let type_needs = self.type_needs(module, &whole, Kind::State);
            match type_needs.or_else(|_| self.type_needs(module, &part, Kind::State)) {
                Ok(type_needs) => {
                    needs.changes.extend(type_needs.needs);
                    needs.features.extend(type_needs.features);
                }
                // The compiler decides.
                Err(_) if self.wishes.checked => {}
                Err(refusal) => return Err(refusal),
            }
        }
        Ok(())
    }

    /// Returns the place of the function.
    fn site(&self, handler: &Handler<'a>) -> Result<(FnSite, Rc<Source>), Refusal> {
        let source = self.source(handler.file);
        let site = source.as_ref().and_then(|source| source.tree.function(handler.place).cloned());
        match (site, source) {
            (Some(site), Some(source)) => Ok((site, source)),
            _ => Err((
                Reason::Macro,
                "a macro writes it: put `#[oserver::handler]` on the function in the macro"
                    .to_owned(),
            )),
        }
    }

    fn annotate(
        &mut self,
        handler: &Handler<'a>,
        module: ModuleId,
        site: &FnSite,
        source: &Source,
        needs: Needs,
    ) {
        let attribute = self.attribute(module);
        let line = line_before(&source.text, site.at, &attribute);
        let message = format!("`{}`: `{attribute}`", handler.name);
        let path = self.path(handler.file);
        let mut change = Change::new(Action::Annotated, path, handler.place.line, message)
            .edit(Edit::insert(site.at, line))
            .extent(site.item.clone());
        for edit in needs.edits {
            change = change.edit(edit);
        }
        change.handler = Some(handler.name.clone());
        change.needs = needs.changes;
        change.names = vec![site.name.clone()];
        self.add(module, change, needs.features);
    }
}

/// Returns `true` for a service that passes requests on, as a layer's does, and for one that a generator writes: the
/// handlers are elsewhere.
fn needs_no_guard(text: &str, site: &FnSite) -> bool {
    const PASSES_ON: &[&str] = &[".call(", "::call(", ".oneshot(", ".send_request("];
    let body = text.get(site.body.clone()).unwrap_or_default();
    PASSES_ON.iter().any(|call| body.contains(call))
        || text.lines().take(5).any(|line| line.contains("@generated"))
}

/// Returns `true` if a name is followed by arguments anywhere but where it is defined.
fn is_called(text: &str, name: &str) -> bool {
    let call = format!("{name}(");
    text.match_indices(&call).any(|(at, _)| {
        let before = &text[..at];
        let word = before.ends_with(|letter: char| letter.is_alphanumeric() || letter == '_');
        !word && !before.trim_end().ends_with("fn")
    })
}
