//! `cargo oserver handlers`

use std::io::{BufWriter, Write, stdout};

use serde_json::{Value, json};

use super::arguments::{Handlers, ListFormat};
use super::{base, read, say};
use crate::dependencies::{Dependencies, OfSources};
use crate::handlers::{self, Handler, Way};
use crate::load::shown;
use crate::program::Program;
use crate::reach::{Reach, Read};

pub(super) fn run(arguments: &Handlers) -> Result<u8, String> {
    let base = base()?;
    let (_, sources) = read::selected(&arguments.common, &base)?;
    read::print_problems(&sources, &base);
    let program = Program::new(&sources);
    let dependencies = Dependencies::of(&sources);
    let of_sources = OfSources::new(&dependencies, &sources);
    let reach = Reach::with(&program, &of_sources);
    let mut out = BufWriter::new(stdout().lock());
    let mut list = handlers::find(&program, &reach);
    list.retain(|handler| sources.files[handler.file as usize].selected);
    for handler in &list {
        let path = shown(&sources.files[handler.file as usize].path, &base);
        let printed = match arguments.format {
            ListFormat::Json => writeln!(out, "{}", object(handler, &path)),
            ListFormat::Human => writeln!(out, "{}", line(handler, &path)).and_then(|()| {
                let read = handler.states.iter().flat_map(|state| &*state.read);
                read.into_iter().try_for_each(|read| {
                    let (verdict, words) = read.answer.words();
                    writeln!(out, "          {} is {verdict}: {words}", read.path)
                })
            }),
        };
        printed.map_err(|error| error.to_string())?;
    }
    dependencies.keep();
    dependencies.notes().iter().for_each(|note| say(&format!("note: {note}")));
    out.flush().map_err(|error| error.to_string())?;
    read::has_files(&sources)?;
    Ok(0)
}

fn object(handler: &Handler<'_>, path: &str) -> Value {
    let states: Vec<Value> = handler
        .states
        .iter()
        .map(|state| {
            let (via, param) = match &state.way {
                Way::Parameter(index) => ("parameter", Some(*index)),
                Way::Itself => ("self", None),
                Way::Capture(_) => ("capture", None),
                Way::Extensions(_) => ("extensions", None),
            };
            let locks: Vec<&str> =
                state.locks.iter().map(|lock| lock.name.trim_start_matches('?')).collect();
            let mut value = json!({"via": via, "param": param, "type": state.text, "locks": locks});
            if !state.read.is_empty() {
                let entry = |read: &Read| {
                    let (verdict, words) = read.answer.words();
                    json!({"type": &*read.path, "verdict": verdict, "message": words})
                };
                value["dependencies"] = state.read.iter().map(entry).collect();
            }
            value
        })
        .collect();
    json!({
        "name": handler.name,
        "path": path,
        "line": handler.place.line,
        "column": handler.place.column,
        "framework": handler.framework.name(),
        "role": handler.role.name(),
        "routes": handler.routes,
        "state": states,
        "verdict": handler.verdict().name(),
        "guarded": handler.guard().is_some(),
        "timeout": handler.timeout(),
    })
}

fn line(handler: &Handler<'_>, path: &str) -> String {
    let routes = match handler.routes.as_slice() {
        [] => handler.framework.name().to_owned(),
        routes => routes.join(", "),
    };
    let timeout = match (handler.guard(), handler.timeout()) {
        (None, _) => "unguarded".to_owned(),
        (Some(_), None) => "guarded".to_owned(),
        (Some(_), Some(timeout)) => format!("guarded, {timeout}"),
    };
    let states: Vec<&str> = handler.states.iter().map(|state| &*state.text).collect();
    format!(
        "{:9} {path}:{}  {}  {}  {routes}  {timeout}  {}",
        handler.verdict().name(),
        handler.place.line,
        handler.name,
        handler.role.name(),
        states.join(", ")
    )
}
