//! Callers of methods that became calls of an actor: they await, and have a way for the error.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::Planner;
use crate::fix::edits::Edit;
use crate::fix::tree::{EndSite, FnSite, WrapperSite, callers, indent};
use crate::flow::Flow;
use crate::handlers::{Code, Handler};
use crate::syntax::Place;

/// Edits with the files that they are in.
type Edits = Vec<(PathBuf, Edit)>;

impl<'a> Planner<'_, 'a> {
    /// Returns the edits that callers of the methods need.
    pub(super) fn calls(
        &self,
        flow: &Flow<'_, '_, 'a>,
        found: &[Handler<'a>],
        file: u32,
        site: &WrapperSite,
    ) -> Result<Edits, String> {
        let program = self.program;
        let methods: BTreeSet<u32> = program
            .functions
            .iter()
            .zip(0u32..)
            .filter(|(function, _)| {
                let (at, place) = program.at(function.module, function.def.place);
                at == file && site.methods.iter().any(|method| method.place == place)
            })
            .map(|(_, index)| index)
            .collect();
        let mut places: BTreeMap<u32, Vec<Place>> = BTreeMap::new();
        for (function, index) in program.functions.iter().zip(0u32..) {
            for call in flow.facts(index).calls.iter().filter(|call| methods.contains(&call.to)) {
                if call.passed {
                    return Err(format!(
                        "`{}` passes one of its methods as a value",
                        function.def.name
                    ));
                }
                places.entry(program.module(function.module).file).or_default().push(call.place);
            }
        }
        let mut edits = Edits::new();
        for (file, places) in places {
            let source = self.source(file).ok_or("a file that calls it does not parse")?;
            let path = self.path(file).to_owned();
            if !program.sources.files[file as usize].selected {
                return Err(format!(
                    "{} calls it, and is not among the selected packages",
                    path.display()
                ));
            }
            let (calls, ends) = callers(&source.text, &places);
            if calls.len() < places.iter().collect::<BTreeSet<_>>().len() {
                return Err(format!("a macro in {} calls it", path.display()));
            }
            let mut changed = BTreeSet::new();
            for call in calls {
                let function = source.tree.function(call.function).ok_or("a macro calls it")?;
                if !call.in_block && (!call.direct || !function.is_async) {
                    return Err(format!(
                        "`{}` calls it where it cannot await, at line {}",
                        function.name, call.place.line
                    ));
                }
                let output = source.text.get(function.output.clone()).unwrap_or_default();
                let is_handler = found.iter().any(|handler| {
                    // Another caller would get the `Result`, too.
                    let alone = matches!(&handler.code, Code::Function(function) if self.called.caller(function).is_none());
                    alone && handler.file == file && handler.place == function.place
                });
                let way = way(output);
                if way.is_none() && !is_handler && call.direct {
                    return Err(format!("`{}` calls it and returns no `Result`", function.name));
                }
                if way.is_none() && call.direct {
                    changed.insert(call.function);
                }
                let wait = if call.awaited { "" } else { ".await" };
                let way = way.as_deref().unwrap_or("?");
                edits.push((path.clone(), Edit::insert(call.end, format!("{wait}{way}"))));
            }
            // After the calls: code around a last expression also goes around its `.await`.
            let krate = self.krate_of(file);
            for end in ends.iter().filter(|end| changed.contains(&end.function)) {
                let function = source.tree.function(end.function).ok_or("a macro calls it")?;
                let more = result(function, end, &source.text, &krate)
                    .ok_or_else(|| format!("`{}` cannot return an error", function.name))?;
                edits.extend(more.into_iter().map(|edit| (path.clone(), edit)));
            }
        }
        Ok(edits)
    }

    fn krate_of(&self, file: u32) -> String {
        let module = self.program.module_ids().find(|id| self.program.module(*id).file == file);
        module.map_or_else(|| "oserver".to_owned(), |module| self.krate(module))
    }
}

/// Returns how the error leaves a function that returns a `Result`.
fn way(output: &str) -> Option<String> {
    if !output.contains("Result<") && !output.trim_end().ends_with("Result") {
        return None;
    }
    let error = output.trim_end().trim_end_matches('>').rsplit(',').next().unwrap_or_default();
    let error = error.trim();
    Some(match error.rsplit("::").next() {
        Some("StatusCode") if output.contains(',') => {
            format!(".map_err(|_| {error}::SERVICE_UNAVAILABLE)?")
        }
        _ => "?".to_owned(),
    })
}

/// Makes a handler return a `Result`. Returns `None` if it returns early.
fn result(function: &FnSite, end: &EndSite, text: &str, krate: &str) -> Option<Vec<Edit>> {
    if end.leaves {
        return None;
    }
    let output = text.get(function.output.clone()).unwrap_or_default();
    let ty = output.trim_start_matches("->").trim();
    let ty = if ty.is_empty() { "()" } else { ty };
    let at = function.output.clone();
    let mut edits = vec![if at.is_empty() {
        Edit::insert(at.start, format!(" -> {krate}::Result<{ty}>"))
    } else {
        Edit::replace(at, format!("-> {krate}::Result<{ty}>"))
    }];
    match &end.value {
        Some(value) => {
            edits.push(Edit::insert(value.start, "Ok("));
            edits.push(Edit::insert(value.end, ")"));
        }
        None => {
            let blanks = indent(text, function.body.end);
            let only = text.get(function.body.clone()).is_some_and(|body| !body.contains('\n'));
            let line = if only { " Ok(()) ".to_owned() } else { format!("    Ok(())\n{blanks}") };
            edits.push(Edit::insert(function.body.end - 1, line));
        }
    }
    Some(edits)
}
