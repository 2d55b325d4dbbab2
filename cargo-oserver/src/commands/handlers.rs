//! `cargo oserver handlers`

use std::io::{BufWriter, Write, stdout};

use serde_json::{Value, json};

use super::arguments::{Handlers, ListFormat};
use super::{base, read, say};
use crate::dependencies::{Dependencies, Verdict};
use crate::handlers::{self, Handler, State, Way};
use crate::load::shown;
use crate::program::Program;
use crate::reach::Reach;

pub(super) fn run(arguments: &Handlers) -> Result<u8, String> {
    let base = base()?;
    let (_, sources) = read::asked(&arguments.common, &base)?;
    read::tell_problems(&sources, &base);
    let program = Program::new(&sources);
    let reach = Reach::new(&program);
    let mut out = BufWriter::new(stdout().lock());
    let mut list = handlers::find(&program, &reach);
    list.retain(|handler| sources.files[handler.file as usize].asked);
    let dependencies = arguments.dependencies.then(Dependencies::default);
    let ask = |handler: &Handler<'_>, state: &State| match &dependencies {
        Some(all) => all.of_type(&program, handler.code.function().module, &state.ty),
        None => Vec::new(),
    };
    for handler in &list {
        let path = shown(&sources.files[handler.file as usize].path, &base);
        let printed = match arguments.format {
            ListFormat::Json => writeln!(out, "{}", object(handler, &path, &ask)),
            ListFormat::Human => writeln!(out, "{}", line(handler, &path)).and_then(|()| {
                handler.states.iter().flat_map(|state| ask(handler, state)).try_for_each(
                    |(name, verdict)| {
                        let (verdict, words) = verdict.words();
                        writeln!(out, "          {name} is {verdict}: {words}")
                    },
                )
            }),
        };
        printed.map_err(|error| error.to_string())?;
    }
    for note in dependencies.iter().flat_map(Dependencies::notes) {
        say(&format!("note: {note}"));
    }
    out.flush().map_err(|error| error.to_string())?;
    read::has_files(&sources)?;
    Ok(0)
}

/// What is said of the types of other crates in a state.
type Ask<'a> = &'a dyn Fn(&Handler<'_>, &State) -> Vec<(String, Verdict)>;

fn object(handler: &Handler<'_>, path: &str, ask: Ask<'_>) -> Value {
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
            let others = ask(handler, state);
            if !others.is_empty() {
                let entry = |(name, verdict): &(String, Verdict)| {
                    let (verdict, words) = verdict.words();
                    json!({"type": name, "verdict": verdict, "message": words})
                };
                value["dependencies"] = others.iter().map(entry).collect();
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
