//! Types of expressions, as far as constructors, fields, signatures and clones tell them. What it does
//! not know is [`Resolved::Unknown`], never a guess.

mod calls;
mod locals;
mod unify;
mod values;

pub use locals::{Local, Locals};

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use crate::program::{Def, Found, Program, Resolved, Scope, Space};
use crate::syntax::{Block, Expr, Pattern, TyPath};

/// The limit of nested expressions.
const DEEPEST: u32 = 60;
/// Types of the sources that dereference to each other.
const TARGETS: u32 = 4;

/// Infers within one function.
pub struct Infer<'p, 'a> {
    pub program: &'p Program<'a>,
    pub scope: Scope,
    depth: std::cell::Cell<u32>,
    targets: std::cell::Cell<u32>,
    /// By the expression and how many names are bound where it stands.
    known: RefCell<HashMap<(usize, usize), Resolved>>,
}

impl<'p, 'a> Infer<'p, 'a> {
    #[must_use]
    pub fn new(program: &'p Program<'a>, scope: Scope) -> Self {
        Self {
            program,
            scope,
            depth: std::cell::Cell::new(0),
            targets: std::cell::Cell::new(0),
            known: RefCell::default(),
        }
    }

    /// Looks behind a type that dereferences to another, unless the two go in a circle.
    fn behind<T>(&self, look: impl FnOnce() -> T) -> Option<T> {
        let targets = self.targets.get();
        if targets >= TARGETS {
            return None;
        }
        self.targets.set(targets + 1);
        let found = look();
        self.targets.set(targets);
        Some(found)
    }

    /// Returns the type of an expression; futures and references count as what they lead to.
    #[must_use]
    pub fn expr(&self, expr: &'a Expr, locals: &Locals<'a>) -> Resolved {
        if self.depth.get() > DEEPEST {
            return Resolved::Unknown;
        }
        let key = (std::ptr::from_ref(expr).addr(), locals.len());
        if let Some(known) = self.known.borrow().get(&key) {
            return known.clone();
        }
        self.depth.set(self.depth.get() + 1);
        let ty = self.expr_inner(expr, locals);
        self.depth.set(self.depth.get() - 1);
        if self.depth.get() < DEEPEST / 2 {
            self.known.borrow_mut().insert(key, ty.clone());
        }
        ty
    }

    fn expr_inner(&self, expr: &'a Expr, locals: &Locals<'a>) -> Resolved {
        match expr {
            Expr::Path(path, _) => self.path(path, locals),
            Expr::Call(callee, args, _) => self.call(callee, args, locals),
            Expr::Method(call) => self.method(call, locals),
            Expr::Struct(path, fields) => self.literal(path, fields, locals),
            Expr::Field(inner, name) => self.field(&self.expr(inner, locals), name),
            Expr::Await(inner) | Expr::Same(inner) | Expr::Deref(inner) => self.expr(inner, locals),
            Expr::Cast(_, ty) => self.program.resolve_type(ty, &self.scope),
            Expr::Block(block) | Expr::Async(block, _) => self.block(block, locals),
            Expr::Branches(_, _, arms) => {
                let known = |ty: &Resolved| *ty != Resolved::Unknown;
                arms.iter()
                    .map(|arm| self.expr(arm, locals))
                    .find(known)
                    .unwrap_or(Resolved::Unknown)
            }
            Expr::Tuple(parts) => {
                Resolved::All(parts.iter().map(|part| self.expr(part, locals)).collect())
            }
            Expr::Array(parts) => Resolved::All(
                parts.first().map(|part| self.expr(part, locals)).into_iter().collect(),
            ),
            Expr::Macro(path, parts, _) => match path.last() {
                "vec" => {
                    let args =
                        parts.first().map(|part| self.expr(part, locals)).into_iter().collect();
                    Resolved::External("std::vec::Vec".into(), args)
                }
                "format" | "concat" | "stringify" => Resolved::unit(),
                // `warp::path!("users" / u32)` is a filter.
                "path" => self.path(path, &Locals::default()),
                _ => Resolved::Unknown,
            },
            Expr::Literal(_) => Resolved::unit(),
            _ => Resolved::Unknown,
        }
    }

    fn block(&self, block: &'a Block, locals: &Locals<'a>) -> Resolved {
        let Some(last) = block.stmts.last().filter(|_| block.tail) else { return Resolved::unit() };
        if block.stmts.len() == 1 {
            return self.expr(last, locals);
        }
        let mut inner = locals.clone();
        for stmt in &block.stmts[..block.stmts.len() - 1] {
            self.bind(stmt, &mut inner);
        }
        self.expr(last, &inner)
    }

    /// Binds the names of a `match` arm to parts of its subject and its type, if the arm starts with a pattern.
    pub fn bind_arm(
        &self,
        subject: &'a Expr,
        ty: &Resolved,
        arm: &'a Expr,
        locals: &mut Locals<'a>,
    ) {
        let Expr::Block(block) = arm else { return };
        if let Some(Expr::Let(binding)) = block.stmts.first()
            && binding.init.is_none()
            && binding.ty.is_none()
        {
            self.pattern(&binding.pattern, ty, Some(subject.bare()), locals);
        }
    }

    /// Adds the names that a `let` binds.
    pub fn bind(&self, stmt: &'a Expr, locals: &mut Locals<'a>) {
        let Expr::Let(binding) = stmt else { return };
        let ty = match (&binding.ty, &binding.init) {
            (Some(ty), _) if !matches!(ty, crate::syntax::Ty::Unknown) => {
                self.program.resolve_type(ty, &self.scope)
            }
            (_, Some(init)) => self.expr(init, locals),
            _ => Resolved::Unknown,
        };
        let init = binding.init.as_ref().map(Expr::bare);
        self.pattern(&binding.pattern, &ty, init, locals);
    }

    /// Binds the names of a pattern to parts of a value of type `ty`.
    pub fn pattern(
        &self,
        pattern: &Pattern,
        ty: &Resolved,
        init: Option<&'a Expr>,
        locals: &mut Locals<'a>,
    ) {
        for binding in &pattern.bindings {
            let mut part = ty.clone();
            for name in &binding.way {
                part = self.field(&part, name);
            }
            let (init, part_of) = if binding.way.is_empty() { (init, None) } else { (None, init) };
            locals.push(Local { name: binding.name, ty: part, init, part_of });
        }
    }

    fn path(&self, path: &TyPath, locals: &Locals<'a>) -> Resolved {
        if let Some(name) = path.single() {
            if name == "self" {
                return self.scope.itself.clone().unwrap_or(Resolved::Unknown);
            }
            if let Some(local) = locals.get(name) {
                return local.ty.clone();
            }
        }
        let names: Vec<&str> = path.segments.iter().map(|segment| &*segment.name).collect();
        let program = self.program;
        match program.resolve(self.scope.module, &names, path.global, Space::Value) {
            Found::Def(Def::Static(id)) => {
                program.resolve_type(&program.static_def(id).ty, &Scope::new(id.module))
            }
            Found::Def(Def::Type(id) | Def::Variant(id)) => Resolved::Own(id, Rc::new([])),
            Found::External(path) => Resolved::External(path.into(), Rc::new([])),
            _ => Resolved::Unknown,
        }
    }

    /// Returns the type of a field, an element, or a part that a pattern takes out of an enum's variant.
    #[must_use]
    pub fn field(&self, ty: &Resolved, name: &str) -> Resolved {
        let (variant, name) = match name.split_once('.') {
            Some((variant, name)) => (Some(variant), name),
            None => (None, name),
        };
        // `Some(x)` has the type of `x` here, unless a signature says otherwise.
        let wrapped = |path: &str| path.ends_with("::Option") || path.ends_with("::Result");
        match (variant, ty) {
            (Some("Some" | "Ok"), Resolved::External(path, _)) if wrapped(path) => {}
            (Some("Some" | "Ok"), _) => return ty.clone(),
            (Some("Err"), Resolved::External(path, _)) if wrapped(path) => {}
            (Some("Err"), _) => return Resolved::Unknown,
            _ => {}
        }
        match ty {
            Resolved::Own(id, args) => {
                let def = self.program.type_def(*id);
                let whole = variant.map(|variant| format!("{variant}.{name}"));
                let exact = |field: &str| field == name || Some(field) == whole.as_deref();
                let suffix = |field: &str| field.rsplit('.').next() == Some(name);
                let found = def
                    .fields
                    .iter()
                    .find(|field| exact(&field.name))
                    .or_else(|| def.fields.iter().find(|field| suffix(&field.name)));
                match found {
                    Some(field) => self.program.field_type(*id, args, &field.ty),
                    None if variant.is_none() && name != "[]" => self
                        .behind(|| Some(self.field(&self.program.target(*id, args)?, name)))
                        .flatten()
                        .unwrap_or(Resolved::Unknown),
                    None => Resolved::Unknown,
                }
            }
            Resolved::All(parts) if name == "[]" => {
                parts.first().cloned().unwrap_or(Resolved::Unknown)
            }
            Resolved::All(parts) => name
                .parse::<usize>()
                .ok()
                .and_then(|index| parts.get(index).cloned())
                .unwrap_or(Resolved::Unknown),
            // `let (sender, receiver) = channel();`
            Resolved::External(path, args) if makes_channel(path) => {
                let module = path.rsplit_once("::").map_or("", |(module, _)| module);
                let half = match name {
                    "0" if path.ends_with("::sync_channel") => "SyncSender",
                    "0" => "Sender",
                    _ => "Receiver",
                };
                Resolved::External(format!("{module}::{half}").into(), args.clone())
            }
            // `Some(x)`, `State(x)`, and fields behind `Arc`.
            Resolved::External(path, args)
                if variant == Some("Err") && path.ends_with("Result") =>
            {
                args.get(1).cloned().unwrap_or(Resolved::Unknown)
            }
            // A pointer itself has no such field.
            Resolved::External(path, args)
                if name == "0" && variant.is_none() && points(path) && !args.is_empty() =>
            {
                match self.field(&args[0], name) {
                    Resolved::Unknown => args[0].clone(),
                    found => found,
                }
            }
            Resolved::External(_, args) => match args.first() {
                Some(inner) if name == "0" || name == "[]" => inner.clone(),
                Some(inner) => self.field(inner, name),
                None => Resolved::Unknown,
            },
            _ => Resolved::Unknown,
        }
    }
}

/// Returns `true` for a function that gives both halves of a channel.
fn makes_channel(path: &str) -> bool {
    let name = path.rsplit("::").next().unwrap_or(path);
    name.ends_with("channel")
        || (path.contains("channel") || path.starts_with("flume") || path.starts_with("kanal"))
            && matches!(name, "bounded" | "unbounded" | "rendezvous")
}

/// Returns `true` for a type whose fields are those of its target.
fn points(path: &str) -> bool {
    let name = path.rsplit("::").next().unwrap_or(path);
    matches!(name, "Arc" | "Rc" | "Box" | "Pin" | "LazyLock" | "Lazy") || path == "rocket::State"
}
