//! `cargo oserver fix`

use std::io::{Write, stdout};

use super::arguments::Fix;
use super::{base, read};
use crate::fix::{Told, apply, plan};
use crate::handlers;
use crate::load::shown;
use crate::program::Program;
use crate::reach::Reach;

pub(super) fn run(arguments: &Fix) -> Result<u8, String> {
    let base = base()?;
    let sources = read::sources(&read::roots(&arguments.paths, &base));
    read::tell_problems(&sources, &base);
    read::has_files(&sources)?;
    let program = Program::new(&sources);
    let reach = Reach::new(&program);
    let handlers = handlers::find(&program, &reach);
    let plan = plan(&program, &reach, &handlers);
    if !arguments.dry_run {
        for (file, edits) in &plan.edits {
            let path = &sources.files[*file as usize].path;
            let told = |error: std::io::Error| format!("{}: {error}", path.display());
            let text = std::fs::read_to_string(path).map_err(told)?;
            std::fs::write(path, apply(&text, edits)).map_err(told)?;
        }
    }
    let line = |told: &Told| {
        let path = shown(&sources.files[told.file as usize].path, &base);
        format!("{path}:{}: {}", told.place.line, told.words)
    };
    let mut out = stdout().lock();
    let mut print = |text: &str| writeln!(out, "{text}").map_err(|error| error.to_string());
    for told in &plan.done {
        print(&format!("added {}", line(told)))?;
    }
    for told in &plan.left {
        print(&format!("left  {}", line(told)))?;
    }
    print(&format!("{} added, {} left for a person to decide", plan.done.len(), plan.left.len()))?;
    Ok(0)
}
