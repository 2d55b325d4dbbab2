//! A function that other code also calls: the router gets a second one, which calls it.

use std::rc::Rc;

use super::handlers::Needs;
use super::{Planner, Refusal, Source};
use crate::fix::change::{Action, Change, Reason};
use crate::fix::edits::Edit;
use crate::fix::tree::{FnSite, Inside, indent};
use crate::handlers::Handler;
use crate::program::{Function, ModuleId};

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
                    "`{caller}` calls it and would get a `Guarded`: give the router a second function, which calls this one"
                ),
            ));
        }
        let name = self.unused_name(handler.file, &site.modules, &format!("{}_handler", site.name));
        let needs = self.params(function, site, source)?;
        let text = self.wrapper(function.module, site, source, &name, &needs)?;
        let path = self.path(handler.file).to_owned();
        let message = format!(
            "`{}`: `{caller}` also calls it, so the router gets the function `{name}`, which calls it",
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

    /// Returns the function that the router gets.
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
}

/// Returns the generics with the bounds that the parameters need.
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
