//! Whether a handler can be annotated as it stands, and which types its state then needs to be derived for.

use std::collections::HashSet;

use crate::graph::CalledBy;
use crate::handlers::{Code, Framework, Handler, Role, Verdict};
use crate::program::{Function, Id, Owner, Program, Resolved};
use crate::reach::Reach;
use crate::syntax::Ty;

/// Crates whose types oserver vouches for, or refuses by name, without a feature.
const VOUCHED: &[&str] =
    &["std", "core", "alloc", "tokio", "bytes", "http", "axum", "axum_core", "oserver"];

/// `Err(None)`: the attribute is not for it. `Err(Some(_))`: why a person must decide.
type Judgement = Result<Vec<Id>, Option<String>>;

pub(super) fn judge<'a>(
    program: &Program<'a>,
    reach: &Reach<'_, 'a>,
    handler: &Handler<'a>,
    called: &CalledBy<'a>,
) -> Judgement {
    if !matches!(
        handler.framework,
        Framework::Axum | Framework::Oserver | Framework::Hyper | Framework::Tower
    ) {
        return Err(None);
    }
    let no = |words: &str| Err(Some(words.to_owned()));
    let function = match &handler.code {
        Code::Function(function) => function,
        Code::Closure(..) => {
            return no(
                "a closure can carry no attribute: make it a function, and its captures parameters",
            );
        }
    };
    let of_trait = matches!(function.owner, Owner::Impl(of) if of.of.is_some());
    if handler.role == Role::Service || function.def.receiver.is_some() || of_trait {
        return no("a method is called by more than a router: give the router a function");
    }
    if matches!(handler.framework, Framework::Hyper | Framework::Tower) {
        return no(
            "`service_fn` wants the type that it returns now: serve it with `oserver::serve`, then annotate it",
        );
    }
    if function.def.unusual {
        return no("a handler can be neither `const` nor `unsafe` nor `extern`");
    }
    if !function.def.is_async && function.def.params.iter().any(|param| borrows(&param.ty)) {
        return no("without `async` it runs on a thread of its own and cannot borrow");
    }
    if let Some(caller) = called.caller(function) {
        return Err(Some(format!(
            "`{caller}` calls it and would get a `Guarded`: let both call a third function"
        )));
    }
    if handler.verdict() == Verdict::Forbidden {
        let state = handler.states.iter().find(|state| !state.locks.is_empty());
        let text = state.map_or("", |state| &state.text);
        return Err(Some(format!(
            "a lock can be reached from `{text}`: see `cargo oserver audit`"
        )));
    }
    needed(program, reach, handler, function)
}

fn borrows(ty: &Ty) -> bool {
    matches!(ty, Ty::Ref(_))
}

/// The types to derive for.
fn needed<'a>(
    program: &Program<'a>,
    reach: &Reach<'_, 'a>,
    handler: &Handler<'a>,
    function: &Function<'a>,
) -> Judgement {
    let mut look = Look { program, types: Vec::new(), seen: HashSet::new() };
    let scope = program.scope_of(function);
    for param in &function.def.params {
        let ty = program.resolve_type(&param.ty, &scope);
        if !Reach::is_request_data(&ty) {
            look.look(&ty).map_err(|what| {
                Some(format!(
                    "nobody vouches for `{what}` in `{}`: a feature of oserver, `Trusted` or a change of the type does",
                    param.ty
                ))
            })?;
        }
    }
    debug_assert!(handler.states.iter().all(|state| reach.locks(&state.ty).locks.is_empty()));
    Ok(look.types)
}

struct Look<'p, 'a> {
    program: &'p Program<'a>,
    types: Vec<Id>,
    seen: HashSet<Resolved>,
}

impl Look<'_, '_> {
    /// `Err`: a type that oserver may know nothing of.
    fn look(&mut self, ty: &Resolved) -> Result<(), String> {
        match ty {
            Resolved::External(path, args) => {
                let name = path.trim_start_matches('?');
                let krate = name.split("::").next().unwrap_or(name);
                let primitive = !name.contains("::") && !path.starts_with('?');
                if !(primitive || VOUCHED.contains(&krate) || self.program.is_owner_handle(name)) {
                    return Err(name.to_owned());
                }
                args.iter().try_for_each(|arg| self.look(arg))
            }
            Resolved::Own(id, args) => self.own(*id, args, ty),
            Resolved::All(parts) => parts.iter().try_for_each(|part| self.look(part)),
            // A parameter's bound says it, or the compiler.
            Resolved::Fn | Resolved::Param(..) => Ok(()),
            Resolved::Traits(traits) => match traits.first() {
                Some(of) => Err(format!("dyn {}", of.path)),
                None => Ok(()),
            },
            Resolved::Unknown => Err("a type that could not be resolved".to_owned()),
        }
    }

    fn own(&mut self, id: Id, args: &[Resolved], ty: &Resolved) -> Result<(), String> {
        if !self.seen.insert(ty.clone()) {
            return Ok(());
        }
        let package = self.program.package_name(id.module);
        if ["oserver", "oserver_state", "oserver_runtime"].contains(&package.as_str()) {
            return args.iter().try_for_each(|arg| self.look(arg));
        }
        let def = self.program.type_def(id);
        if def
            .attributes
            .derives
            .iter()
            .any(|name| matches!(&**name, "HandlerState" | "HandlerParam"))
        {
            return Ok(());
        }
        if !self.program.sources.files[self.program.module(id.module).file as usize].asked {
            return Err(format!("{} of another package", def.name));
        }
        // An extractor of its own takes from the request what its fields hold.
        for field in def.fields.iter().filter(|field| field.trusted.is_none()) {
            self.look(&self.program.field_type(id, args, &field.ty))?;
        }
        self.types.push(id);
        Ok(())
    }
}
