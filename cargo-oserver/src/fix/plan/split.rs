//! A function that others call as well: the router gets one of its own, which calls it.

use std::rc::Rc;

use super::handlers::Needs;
use super::{Planner, Refusal, Source};
use crate::fix::change::{Action, Change, Reason};
use crate::fix::edits::Edit;
use crate::fix::tree::{FnSite, Inside, PathSite, indent};
use crate::handlers::Handler;
use crate::program::{Def, Found, Function, ModuleId, Space};

/// Calls that take a handler.
const REGISTER: &[&str] = &[
    "get",
    "post",
    "put",
    "delete",
    "patch",
    "head",
    "options",
    "trace",
    "connect",
    "any",
    "on",
    "fallback",
    "method_not_allowed_fallback",
    "from_fn",
    "from_fn_with_state",
    "get_with",
    "post_with",
    "put_with",
    "delete_with",
    "patch_with",
    "map_request",
    "map_response",
];

/// A file with a place in it where the function is given to a router.
struct Reference {
    file: u32,
    site: PathSite,
}

impl<'a> Planner<'_, 'a> {
    pub(super) fn split(
        &mut self,
        handler: &Handler<'a>,
        function: &Function<'a>,
        site: &FnSite,
        source: &Rc<Source>,
    ) -> Result<(), Refusal> {
        let caller = self.called.caller(function).unwrap_or_default().to_owned();
        if site.receiver {
            return Err((
                Reason::Method,
                "it is a method with `self`: give the router a function that takes the value as state and calls it".to_owned(),
            ));
        }
        let references = self.references(function, site);
        if references.is_empty() {
            return Err((
                Reason::Method,
                format!(
                    "`{caller}` calls it and would get a `Guarded`: give the router a function of its own that calls it"
                ),
            ));
        }
        let name = self.unused_name(handler.file, &site.modules, &format!("{}_handler", site.name));
        let needs = self.params(function, site, source)?;
        let text = self.wrapper(function.module, site, source, &name, &needs)?;
        let path = self.path(handler.file).to_owned();
        let message = format!(
            "`{}`: `{caller}` calls it as well, so the router gets `{name}`, which calls it",
            handler.name
        );
        let mut change = Change::new(Action::Split, &path, handler.place.line, message)
            .edit(Edit::insert(site.item.end, text))
            .extent(site.item.clone());
        for reference in &references {
            for edit in self.refer(reference, &site.name, &name, &references) {
                let file = self.path(reference.file).to_owned();
                change.extents.push((file.clone(), reference.site.last.clone()));
                change.edits.push((file, edit));
            }
        }
        change.handler = Some(handler.name.clone());
        change.names = vec![name];
        change.needs = needs.changes;
        self.add(function.module, change, needs.features);
        Ok(())
    }

    /// The function that the router gets.
    fn wrapper(
        &self,
        module: ModuleId,
        site: &FnSite,
        source: &Source,
        name: &str,
        needs: &Needs,
    ) -> Result<String, Refusal> {
        let text = &source.text;
        let slice = |range: &std::ops::Range<usize>| text.get(range.clone()).unwrap_or_default();
        let mut params = Vec::new();
        let mut args = Vec::new();
        for (index, param) in site.params.iter().enumerate() {
            let trusted = needs.edits.iter().any(|edit| edit.from == param.pattern.start);
            let ty = param.ty.as_ref().map(slice).unwrap_or_default();
            let (pattern, value) = match &param.value {
                Some(value) if !trusted => (value.clone(), value.clone()),
                _ => (format!("param_{index}"), format!("param_{index}")),
            };
            if trusted {
                let krate = self.krate(module);
                params.push(format!("{pattern}: {krate}::Trusted<{ty}>"));
                args.push(format!("{krate}::Trusted::into_inner({value})"));
            } else {
                params.push(format!("{pattern}: {ty}"));
                args.push(value);
            }
        }
        let callee = match site.inside {
            Inside::Impl => format!("Self::{}", site.name),
            _ => site.name.clone(),
        };
        let vis = slice(&site.vis);
        let where_clause = match slice(&site.where_clause) {
            "" => String::new(),
            clause => format!(" {clause}"),
        };
        let output = match slice(&site.output) {
            "" => String::new(),
            output => format!(" {output}"),
        };
        let made = format!(
            "/// [`{callee}`] for the router: guarded.\n{attribute}\n{vis}{keyword} {name}{generics}({params}){output}{where_clause} {{\n    {callee}({args}){wait}\n}}",
            attribute = self.attribute(module),
            keyword = if site.is_async { "async fn" } else { "fn" },
            wait = if site.is_async { ".await" } else { "" },
            generics = bounded(slice(&site.generics), site, needs),
            params = params.join(", "),
            args = args.join(", "),
        );
        let blanks = indent(text, site.item.start);
        let made = crate::fix::format::snippet(&made, self.path_of(module), blanks);
        Ok(format!("\n\n{made}"))
    }

    fn path_of(&self, module: ModuleId) -> &std::path::Path {
        self.path(self.program.module(module).file)
    }

    /// Where routers get it.
    fn references(&self, function: &Function<'a>, site: &FnSite) -> Vec<Reference> {
        let mut found = Vec::new();
        for id in self.program.module_ids() {
            let module = self.program.module(id);
            let file = &self.program.sources.files[module.file as usize];
            if module.block || module.test || !file.asked {
                continue;
            }
            let Some(source) = self.source(module.file) else { continue };
            let chain = self.inline_modules(id);
            for path in &source.tree.paths {
                let last = path.names.last().is_some_and(|name| *name == site.name);
                if !last || path.modules != chain || !REGISTER.contains(&&*path.call) {
                    continue;
                }
                let known = |reference: &Reference| {
                    reference.file == module.file && reference.site.last == path.last
                };
                if self.means(id, path, function) && !found.iter().any(known) {
                    found.push(Reference { file: module.file, site: path.clone() });
                }
            }
        }
        found
    }

    /// The names of the modules around a module that are in the same file.
    fn inline_modules(&self, id: ModuleId) -> Vec<String> {
        let mut names = Vec::new();
        let mut at = id;
        while let Some(parent) = self.program.module(at).parent {
            if self.program.module(parent).file != self.program.module(at).file {
                break;
            }
            names.push(self.program.module(at).name.to_owned());
            at = parent;
        }
        names.reverse();
        names
    }

    fn means(&self, module: ModuleId, path: &PathSite, function: &Function<'a>) -> bool {
        let names: Vec<&str> = path.names.iter().map(String::as_str).collect();
        match self.program.resolve(module, &names, false, Space::Value) {
            Found::Def(Def::Fn(id)) => std::ptr::eq(self.program.function(id).def, function.def),
            // `Type::function`
            _ => {
                let crate::program::Owner::Impl(of) = function.owner else { return false };
                let crate::syntax::Ty::Path(ty) = &of.for_type else { return false };
                names.len() > 1
                    && (names[names.len() - 2] == ty.last() || names[names.len() - 2] == "Self")
            }
        }
    }

    /// Has a router take the new function.
    fn refer(&self, reference: &Reference, old: &str, new: &str, all: &[Reference]) -> Vec<Edit> {
        let site = &reference.site;
        let Some(source) = self.source(reference.file) else { return Vec::new() };
        let import = source.tree.uses.iter().find(|import| {
            site.names.len() == 1 && import.name == old && import.modules == site.modules
        });
        let Some(import) = import else {
            return vec![Edit::replace(site.last.clone(), new)];
        };
        if import.renamed {
            let path = import.path.rsplit_once("::").map_or("self", |(path, _)| path);
            return vec![Edit::replace(site.last.clone(), format!("{path}::{new}"))];
        }
        let here = all.iter().filter(|other| other.file == reference.file).count();
        let only = words(&source.text, old) == here + 1;
        let with = match (only, import.group) {
            (true, _) => Edit::replace(import.ident.clone(), new),
            (false, true) => Edit::insert(import.ident.end, format!(", {new}")),
            (false, false) => {
                let path = import.path.rsplit_once("::").map_or("self", |(path, _)| path);
                return vec![Edit::replace(site.last.clone(), format!("{path}::{new}"))];
            }
        };
        vec![with, Edit::replace(site.last.clone(), new)]
    }
}

/// The generics with the bounds that the parameters need.
fn bounded(generics: &str, site: &FnSite, needs: &Needs) -> String {
    let inside =
        |edit: &&Edit| site.generics.contains(&edit.from) || site.generics.end == edit.from;
    let edits: Vec<Edit> = needs
        .edits
        .iter()
        .filter(inside)
        .map(|edit| Edit::insert(edit.from - site.generics.start, edit.text.clone()))
        .collect();
    crate::fix::edits::apply(generics, &edits).text
}

/// How often a word stands in a text.
pub(super) fn words(text: &str, word: &str) -> usize {
    let letter = |letter: char| letter.is_alphanumeric() || letter == '_';
    text.match_indices(word)
        .filter(|(at, _)| {
            !text[..*at].ends_with(letter) && !text[at + word.len()..].starts_with(letter)
        })
        .count()
}
