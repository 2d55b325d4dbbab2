//! Closures that a router got: functions named after their routes.

use super::captures::{Given, of_middleware};
use super::handlers::Needs;
use super::state::Kind;
use super::{Planner, Refusal, Source};
use crate::fix::change::{Action, Change, Left, Reason};
use crate::fix::edits::Edit;
use crate::fix::format;
use crate::fix::tree::{ClosureSite, indent};
use crate::flow::function_item;
use crate::handlers::{Code, Framework, Handler};
use crate::infer::Infer;
use crate::program::{Function, ModuleId};
use crate::syntax::{Closure, Expr, Ty};

impl<'a> Planner<'_, 'a> {
    pub(super) fn closure(&mut self, handler: &Handler<'a>) -> Result<(), Refusal> {
        let Code::Closure(closure, function, _) = &handler.code else { return Ok(()) };
        let source = self.source(handler.file);
        let site = source.as_ref().and_then(|source| source.tree.closure(handler.place).cloned());
        let (Some(source), Some(site)) = (source, site) else {
            return Err((
                Reason::Macro,
                "it is an argument of a macro: make it a function with `#[oserver::handler]`"
                    .to_owned(),
            ));
        };
        let gone = |(file, range): &(u32, std::ops::Range<usize>)| {
            *file == handler.file && range.contains(&site.whole.start)
        };
        if self.gone.iter().any(gone) {
            return Ok(());
        }
        if matches!(handler.framework, Framework::Hyper | Framework::Tower) {
            if handler.forwards() {
                self.plan.left.push(Left {
                    action: Action::Left,
                    reason: Reason::Server,
                    handler: None,
                    file: self.path(handler.file).to_owned(),
                    line: handler.place.line,
                    message: "its accept loop stays, and its handlers are those of the service that it calls: pass that service to `oserver::serve`; if the loop wraps each connection, do that in your own `Listener`".to_owned(),
                });
                return Ok(());
            }
            return Err((
                Reason::Framework,
                "`service_fn` requires its present return type: make it a function, and serve that function with `oserver::serve`".to_owned(),
            ));
        }
        let mut needs = Needs::default();
        let mut given = self.captured(handler, function, &site, &source, &mut needs)?;
        let scope = self.program.scope_of(function);
        for (index, (arg, written)) in closure.args.iter().zip(&site.params).enumerate() {
            let text = source.text.get(written.whole.clone()).unwrap_or_default();
            let back = closure.args.len() - index - 1;
            if let (None, Some(ty)) = (&arg.ty, of_middleware(&site.call, back)) {
                given.params.push(format!("{text}: {ty}"));
                continue;
            }
            let handed = || self.handed_on(function, closure, index);
            let written = arg.ty.clone().map(|ty| (ty, text.to_owned()));
            let with_type = |ty: Ty| (ty.clone(), format!("{text}: {ty}"));
            let (ty, param) = written.or_else(|| handed().map(with_type)).ok_or_else(|| {
                (
                    Reason::Captures,
                    "it has a parameter without a type: make it a function with types".to_owned(),
                )
            })?;
            let ty = self.program.resolve_type(&ty, &scope);
            let type_needs = self.type_needs(function.module, &ty, Kind::Param)?;
            needs.changes.extend(type_needs.needs);
            needs.features.extend(type_needs.features);
            if !type_needs.trusted.is_empty() {
                let name = arg.ty.as_ref().map(ToString::to_string).unwrap_or_default();
                return Err(super::state::unknown(&name, "in a closure"));
            }
            given.params.push(param);
        }
        self.named_statics(handler, function.module, &mut needs)?;
        let name = route_name(&site);
        let name = self.unused_name(handler.file, &site.modules, &name);
        let made = self.function_of(function.module, &site, &source, &name, &given);
        let blanks = indent(&source.text, site.after.saturating_sub(1)).to_owned();
        let path = self.path(handler.file).to_owned();
        let made = format::snippet(&made, &path, &blanks);
        let message = format!(
            "`{}` became the function `{name}` with `{}`",
            handler.name,
            self.attribute(function.module)
        );
        let replaced = site.around.as_ref().map_or(&site.whole, |around| &around.whole).clone();
        let mut change = Change::new(Action::Closure, &path, handler.place.line, message)
            .edit(Edit::replace(replaced.clone(), name.clone()))
            .edit(Edit::insert(site.after, format!("\n\n{made}")))
            .extent(replaced);
        for edit in given.edits {
            change = change.edit(edit);
        }
        change.handler = Some(handler.name.clone());
        change.names = vec![name];
        change.needs = needs.changes;
        self.add(function.module, change, needs.features);
        Ok(())
    }

    /// Returns the type of a closure's parameter, taken from the function of its own module that gets the parameter.
    fn handed_on(&self, function: &Function<'a>, closure: &'a Closure, index: usize) -> Option<Ty> {
        let [binding] = closure.args.get(index)?.pattern.bindings.as_slice() else { return None };
        let infer = Infer::new(self.program, self.program.scope_of(function));
        let mut found = None;
        closure.body.walk(&mut |expr| {
            let Expr::Call(callee, args, _) = expr else { return true };
            let named = |arg: &Expr| {
                matches!(arg, Expr::Path(path, _) if path.single() == Some(&*binding.name))
            };
            if let Expr::Path(path, _) = &**callee
                && let Some(at) = args.iter().position(named)
                && let Some(called) = function_item(path, &infer)
                && called.module == function.module
                && called.def.generics.params.is_empty()
            {
                let ty = called.def.params.get(at).map(|param| &param.ty);
                found = ty.filter(|ty| matches!(ty, Ty::Path(_))).cloned();
            }
            true
        });
        found
    }

    fn function_of(
        &self,
        module: ModuleId,
        site: &ClosureSite,
        source: &Source,
        name: &str,
        given: &Given,
    ) -> String {
        let slice =
            |range: &std::ops::Range<usize>| source.text.get(range.clone()).unwrap_or_default();
        let body = slice(&site.body);
        let inner = if site.block { body[1..body.len() - 1].trim_matches('\n') } else { body };
        let body = match (site.is_async, inner.trim_end()) {
            (true, inner) => inner.to_owned(),
            // The closure returns a future.
            (false, inner) => format!("{inner}.await"),
        };
        let output = match &site.output {
            Some(output) if site.is_async => format!(" {}", slice(output)),
            _ => output(site, source),
        };
        format!(
            "{}\nasync fn {name}({}){output} {{\n    {}{}\n}}",
            self.attribute(module),
            given.params.join(", "),
            given.lines,
            body.trim()
        )
    }
}

/// Returns the return type of a closure, as far as its last expression shows it.
fn output(site: &ClosureSite, source: &Source) -> String {
    let text = site.result.trim();
    let words = |text: &str| {
        text.chars().all(|letter| letter.is_alphanumeric() || letter == '_' || letter == ':')
    };
    if site.is_async {
        if text.is_empty() {
            return String::new();
        }
        if text.starts_with('"') && text[1..].find('"') == Some(text.len() - 2) {
            return " -> &'static str".to_owned();
        }
        if text.starts_with("format!(")
            || text.ends_with(".to_string()")
            || text.ends_with(".to_owned()")
        {
            return " -> String".to_owned();
        }
        if let Some((ty, constant)) = text.rsplit_once("::")
            && ty.ends_with("StatusCode")
            && words(text)
            && constant.chars().all(|letter| letter.is_uppercase() || letter == '_')
        {
            return format!(" -> {ty}");
        }
    }
    let krates = ["axum", "axum_core", "oserver"];
    if source.tree.imports("IntoResponse", &krates) && site.modules.is_empty() {
        " -> impl IntoResponse".to_owned()
    } else {
        " -> impl axum::response::IntoResponse".to_owned()
    }
}

/// `get_assets_id` for `GET /assets/{id}`.
fn route_name(site: &ClosureSite) -> String {
    let verb = match &*site.call {
        "" => "handle",
        "fallback" => "fallback",
        "from_fn" | "from_fn_with_state" => "middleware",
        call => call,
    };
    let route = site.route.as_deref().unwrap_or_default();
    let route = match route.strip_suffix(')') {
        // `assets.style.route()`: what it is the route of.
        Some(call) if !route.contains('"') => {
            let chain: Vec<&str> = call.split('(').next().unwrap_or_default().split('.').collect();
            chain.iter().rev().nth(1).copied().unwrap_or_default()
        }
        _ => route,
    };
    let mut name = verb.to_lowercase();
    let parts = route.split(|letter: char| !letter.is_alphanumeric());
    for part in parts.filter(|part| !part.is_empty()) {
        name.push('_');
        name.push_str(&part.to_lowercase());
    }
    if name == verb && site.route.is_some() && verb != "fallback" {
        name.push_str("_root");
    }
    name
}

#[cfg(test)]
mod tests {
    use super::route_name;
    use crate::fix::tree::Tree;

    fn name(source: &str) -> String {
        let tree = Tree::read(&format!("fn f() {{ {source} }}")).unwrap();
        route_name(&tree.closures[0])
    }

    #[test]
    fn functions_are_named_after_their_routes() {
        assert_eq!(name("r.route(\"/a/{id}\", get(|| async {}))"), "get_a_id");
        assert_eq!(name("r.route(\"/\", post(|| async {}))"), "post_root");
        assert_eq!(name("r.route(\"/x\", get(a).delete(|| async {}))"), "delete_x");
        assert_eq!(name("r.route(page.css.dark.route(), get(|| async {}))"), "get_dark");
        assert_eq!(name("r.nest_service(\"/b\", get(|| async {}))"), "get_b");
        assert_eq!(name("r.fallback(|| async {})"), "fallback");
    }
}
