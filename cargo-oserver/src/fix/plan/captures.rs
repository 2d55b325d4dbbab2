//! Captures of a closure: parameters of the function that it becomes, where the router can give them.

use super::handlers::Needs;
use super::state::{Kind, TypeNeeds};
use super::{Planner, Refusal, Source};
use crate::fix::change::Reason;
use crate::fix::edits::Edit;
use crate::fix::tree::ClosureSite;
use crate::handlers::{Handler, Way};
use crate::program::{Function, ModuleId, Resolved};

/// The inputs of the function that a closure becomes.
#[derive(Debug, Default)]
pub(super) struct Given {
    pub(super) params: Vec<String>,
    /// The lines that are inserted before its body.
    pub(super) lines: String,
    /// At the router.
    pub(super) edits: Vec<Edit>,
    /// Names, types and values of a middleware's state.
    state: Vec<(String, String, String)>,
}

/// Calls that make a `MethodRouter`, to which a layer can be added.
const METHODS: &[&str] =
    &["get", "post", "put", "delete", "patch", "head", "options", "trace", "connect", "any"];

/// Returns the type of a middleware's parameter, counted from the last.
pub(super) fn of_middleware(call: &str, back: usize) -> Option<&'static str> {
    match (call, back) {
        ("from_fn" | "from_fn_with_state", 0) => Some("axum::middleware::Next"),
        ("from_fn" | "from_fn_with_state", 1) | ("map_request" | "map_request_with_state", 0) => {
            Some("axum::extract::Request")
        }
        ("map_response" | "map_response_with_state", 0) => Some("axum::response::Response"),
        _ => None,
    }
}

impl Given {
    /// `from_fn` becomes `from_fn_with_state`: the state is the captured value, or a tuple of several values.
    fn gets_state(&mut self, site: &ClosureSite, text: &str) {
        let before = text.get(site.called.start..site.whole.start).unwrap_or_default();
        let (Some(open), false) = (before.rfind('('), self.state.is_empty()) else { return };
        // `use axum::middleware::from_fn;` brings nothing else.
        let bare = before[..open].strip_suffix("from_fn").filter(|path| !path.ends_with("::"));
        if let Some(path) = bare {
            let name = site.called.start + path.len();
            self.edits.push(Edit::insert(name, "axum::middleware::"));
        }
        let open = site.called.start + open;
        let values: Vec<String> = self.state.iter().map(|(_, _, value)| value.clone()).collect();
        let names: Vec<&str> = self.state.iter().map(|(name, ..)| &**name).collect();
        let types: Vec<&str> = self.state.iter().map(|(_, ty, _)| &**ty).collect();
        let whole = |parts: &str| match names.len() {
            1 => parts.to_owned(),
            _ => format!("({parts})"),
        };
        self.edits.push(Edit::insert(open, "_with_state"));
        self.edits.push(Edit::insert(open + 1, format!("{}, ", whole(&values.join(", ")))));
        // A trusted value has its parameter already.
        if self.params.is_empty() {
            self.params.push(format!(
                "axum::extract::State({}): axum::extract::State<{}>",
                whole(&names.join(", ")),
                whole(&types.join(", "))
            ));
        }
    }
}

impl<'a> Planner<'_, 'a> {
    pub(super) fn captured(
        &mut self,
        handler: &Handler<'a>,
        function: &Function<'a>,
        site: &ClosureSite,
        source: &Source,
        needs: &mut Needs,
    ) -> Result<Given, Refusal> {
        let mut given = Given::default();
        for state in &handler.states {
            let Way::Capture(name) = &state.way else { continue };
            let refusal = || {
                (
                    Reason::Captures,
                    format!(
                        "it captures `{name}`: put that value into the state, and make the closure a function that takes the value as a parameter"
                    ),
                )
            };
            if &**name == "self" {
                return Err(refusal());
            }
            let type_needs = self.type_needs(function.module, &state.ty, Kind::State)?;
            let around = site.around.as_ref();
            let original = around.and_then(|around| around.original(name)).unwrap_or(name);
            let written = written(function, source, original);
            let shared = written.as_ref().and_then(|_| shared(function, source, original));
            match (written, shared) {
                (Some(ty), Some(wrapper)) if type_needs.trusted.is_empty() => {
                    let path = if source.tree.imports(wrapper, &["axum", "oserver"]) {
                        wrapper.to_owned()
                    } else {
                        format!("axum::extract::{wrapper}")
                    };
                    given.params.push(format!("{path}({name}): {path}<{ty}>"));
                }
                (written, _) => {
                    let ty = written.or_else(|| self.text_of(function.module, &state.ty));
                    let ty = ty.ok_or_else(refusal)?;
                    self.handed(
                        &mut given,
                        (site, &source.text),
                        function.module,
                        (name, &ty),
                        &type_needs,
                    )
                    .ok_or_else(refusal)?;
                }
            }
            needs.changes.extend(type_needs.needs);
            needs.features.extend(type_needs.features);
        }
        given.gets_state(site, &source.text);
        Ok(given)
    }

    /// The route gets the value in a layer, a middleware as its state.
    fn handed(
        &self,
        given: &mut Given,
        (site, text): (&ClosureSite, &str),
        module: ModuleId,
        (name, ty): (&str, &str),
        type_needs: &TypeNeeds,
    ) -> Option<()> {
        let copied = site.around.as_ref().and_then(|around| text.get(around.value(name)?));
        let value = copied.map_or_else(|| format!("{name}.clone()"), str::to_owned);
        let wrapper = if METHODS.contains(&&*site.call) {
            let layer = format!(".layer(axum::Extension({value}))");
            given.edits.push(Edit::insert(site.called.end, layer));
            "axum::Extension"
        } else if site.call == "from_fn"
            && given.params.is_empty()
            && (given.state.is_empty() || type_needs.trusted.is_empty())
            && text.get(site.called.start..site.whole.start)?.contains('(')
        {
            given.state.push((name.to_owned(), ty.to_owned(), value));
            if type_needs.trusted.is_empty() {
                return Some(());
            }
            "axum::extract::State"
        } else {
            return None;
        };
        if type_needs.trusted.is_empty() {
            given.params.push(format!("{wrapper}({name}): {wrapper}<{ty}>"));
        } else {
            let krate = self.krate(module);
            let reason = type_needs.trusted.join("; ");
            given.params.push(format!("{name}: {krate}::Trusted<{wrapper}<{ty}>>"));
            given.lines.push_str(&format!(
                "// Trusted: {reason}.\n    let {wrapper}({name}) = {krate}::Trusted::into_inner({name});\n    "
            ));
        }
        Some(())
    }

    /// Returns a type as code of a module can write it; `None` where it has no name there.
    fn text_of(&self, module: ModuleId, ty: &Resolved) -> Option<String> {
        let with = |name: String, args: &[Resolved]| {
            let args: Option<Vec<String>> =
                args.iter().map(|arg| self.text_of(module, arg)).collect();
            match args?.as_slice() {
                [] => Some(name),
                args => Some(format!("{name}<{}>", args.join(", "))),
            }
        };
        match ty {
            Resolved::External(path, args) if !path.starts_with('?') => {
                with(in_prelude(path).unwrap_or(path).to_owned(), args)
            }
            Resolved::Own(id, args) => {
                let own = self.program.module(id.module).krate == self.program.module(module).krate;
                let mut names = vec![self.program.type_def(*id).name.to_string()];
                let mut at = id.module;
                while let Some(parent) = self.program.module(at).parent {
                    if self.program.module(at).block {
                        return None;
                    }
                    names.push(self.program.module(at).name.to_owned());
                    at = parent;
                }
                names.push("crate".to_owned());
                names.reverse();
                own.then(|| with(names.join("::"), args)).flatten()
            }
            _ => None,
        }
    }
}

/// Returns the name of a type that the prelude has.
fn in_prelude(path: &str) -> Option<&str> {
    let name = path.strip_prefix("std::").or_else(|| path.strip_prefix("alloc::"))?;
    match name {
        "string::String" => Some("String"),
        "vec::Vec" => Some("Vec"),
        "option::Option" => Some("Option"),
        "boxed::Box" => Some("Box"),
        _ => None,
    }
}

/// Returns the type of a parameter of the function around, as it is written there.
fn written(function: &Function<'_>, source: &Source, name: &str) -> Option<String> {
    let site = source.tree.function(function.def.place)?;
    let named = |param: &&crate::fix::tree::Param| param.value.as_deref() == Some(name);
    let ty = site.params.iter().find(named)?.ty.clone()?;
    let ty = source.text.get(ty)?.trim_start_matches('&').trim();
    (!ty.contains("impl ")).then(|| ty.to_owned())
}

/// Returns the extractor of a value that the router has as its state, or as an extension.
fn shared(function: &Function<'_>, source: &Source, name: &str) -> Option<&'static str> {
    let site = source.tree.function(function.def.place)?;
    let body = source.text.get(site.body.clone())?;
    let given = |call: &str| {
        let forms = [format!("{call}({name})"), format!("{call}({name}.clone())")];
        forms.iter().any(|text| body.contains(&**text))
    };
    if given(".with_state") {
        Some("State")
    } else if given("Extension") {
        Some("Extension")
    } else {
        None
    }
}
