use std::path::PathBuf;
fn main() {
    let roots: Vec<PathBuf> = std::env::args().skip(1).map(PathBuf::from).collect();
    let t = std::time::Instant::now();
    let sources = cargo_oserver::load::load(&roots, Default::default(), &|_, _| {});
    eprintln!("load {:?} {} lines {} files", t.elapsed(), sources.lines(), sources.files.len());
    for p in &sources.problems { eprintln!("problem {p:?}"); }
    for p in &sources.notes { eprintln!("note {p}"); }
    let program = cargo_oserver::program::Program::new(&sources);
    let reach = cargo_oserver::reach::Reach::new(&program);
    let handlers = cargo_oserver::handlers::find(&program, &reach);
    let base = std::env::current_dir().unwrap();
    for h in &handlers {
        let path = cargo_oserver::load::shown(&sources.files[h.file as usize].path, &base);
        let v = h.verdict().name();
        let lint = if v == "forbidden" { "lock-in-handler-state" } else { "x" };
        println!("{{\"lint\": \"{lint}\", \"verdict\": \"{v}\", \"handler\": {{\"name\": \"{}\", \"path\": \"{path}\", \"line\": {}}}, \"role\": \"{}\", \"fw\": \"{}\"}}", h.name, h.place.line, h.role.name(), h.framework.name());
    }
    eprintln!("all {:?}", t.elapsed());
}
