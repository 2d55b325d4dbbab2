//! For each lock that handlers reach: the functions that take it, the calls that run under it, and the shape that fits in its place.

mod calls_under_lock;
mod extractor_locks;
mod shape;
mod starting_code;
mod state_locks;
mod takers;
mod written_type;

use std::collections::BTreeMap;
use std::path::PathBuf;

pub use shape::Shape;
pub use takers::Taker;

use crate::handlers::{Handler, Way};
use crate::program::{Program, Resolved};
use crate::reach::Step;
use crate::syntax::Place;

/// The plan of one lock.
#[derive(Clone, Debug)]
pub struct LockPlan {
    /// Where the field, or the handler's parameter, is.
    pub file: PathBuf,
    pub line: u32,
    /// `std::sync::Mutex`
    pub lock: String,
    /// `Cache.inner: Arc<Mutex<LruCache<u32, String>>>`, `Db: Arc<RwLock<Vec<u8>>>` of an alias, `State<Arc<Mutex<u8>>>`
    pub what: String,
    /// The handlers that reach it.
    pub handlers: Vec<String>,
    pub takers: Vec<Taker>,
    pub shape: Shape,
    /// The code to start from, for this shape.
    pub code: String,
}

impl LockPlan {
    /// Returns the decision that a person has to make, in a sentence or two.
    #[must_use]
    pub fn message(&self) -> String {
        let places = match self.takers.as_slice() {
            [] => "no code was found that takes it".to_owned(),
            [one] => format!("`{}` takes it", one.function),
            [first, rest @ ..] => format!("`{}` and {} more take it", first.function, rest.len()),
        };
        let mut under: Vec<&str> = Vec::new();
        for taker in &self.takers {
            for call in &taker.under {
                if !under.contains(&&**call) {
                    under.push(call);
                }
            }
        }
        let under = match under.len() {
            0 => String::new(),
            number => format!(
                "; calls under the lock: `{}`{}",
                under.iter().take(5).copied().collect::<Vec<_>>().join("`, `"),
                if number > 5 { " and more" } else { "" }
            ),
        };
        let held = match self.takers.iter().find(|taker| taker.across_await) {
            Some(taker) => format!("; `{}` holds it across an await", taker.function),
            None => String::new(),
        };
        format!(
            "`{}`: {} reach this `{}`; {places}{under}{held}. {}",
            self.what,
            match self.handlers.as_slice() {
                [one] => format!("the handler `{one}` can"),
                many => format!("{} handlers", many.len()),
            },
            self.lock,
            self.shape.advice()
        )
    }
}

/// A lock, and the handlers that reach it.
struct Found {
    lock: String,
    what: String,
    handlers: Vec<String>,
    per_request: bool,
    /// The lock's own type, if the state is the lock, and no field holds it.
    shared: Option<Resolved>,
}

impl Found {
    fn reached_by(&mut self, program: &Program<'_>, handler: &Handler<'_>) {
        let path = &program.sources.files[handler.file as usize].path;
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        let name = format!("{} ({file}:{})", handler.name, handler.place.line);
        if !self.handlers.contains(&name) {
            self.handlers.push(name);
        }
    }
}

/// Returns the plans of all locks that the handlers reach, by file and line.
#[must_use]
pub fn plans<'a>(program: &Program<'a>, handlers: &[Handler<'a>]) -> Vec<LockPlan> {
    let mut found: BTreeMap<(u32, Place), Found> = BTreeMap::new();
    let mut shared = state_locks::Shared::default();
    for handler in
        handlers.iter().filter(|handler| program.sources.files[handler.file as usize].selected)
    {
        for state in &handler.states {
            for lock in state.locks.iter() {
                // The last step that is a field of the user's own.
                let own = |step: &&Step| {
                    program.sources.files[step.file as usize].selected && step.what.contains(": ")
                };
                let last = lock.chain.iter().rev().find(own);
                if last.is_none()
                    && let Some(entry) = shared.entry(program, handler, state, lock)
                {
                    entry.reached_by(program, handler);
                    continue;
                }
                let taken = extractor_locks::is_taken(lock);
                // A guard is no lock of its own.
                if taken.is_some() && lock.name.ends_with("Guard") {
                    continue;
                }
                let field =
                    taken.and_then(|step| extractor_locks::field(program, step.file, step.place));
                let (file, place, what) = match (field, last) {
                    (Some(((file, place), what)), _) => (file, place, what),
                    (None, Some(step)) => (step.file, step.place, step.what.clone()),
                    (None, None) => {
                        (handler.file, handler.place, format!("{}: {}", handler.name, state.text))
                    }
                };
                let entry = found.entry((file, place)).or_insert_with(|| Found {
                    lock: lock.name.trim_start_matches('?').to_owned(),
                    what,
                    handlers: Vec::new(),
                    per_request: false,
                    shared: None,
                });
                entry.per_request |= matches!(state.way, Way::Extensions(_)) && last.is_none();
                entry.reached_by(program, handler);
            }
        }
        for reached in &handler.statics {
            let def = program.static_def(reached.id);
            let at = program.at(reached.id.module, def.place);
            let entry = found.entry(at).or_insert_with(|| Found {
                lock: reached.lock.name.trim_start_matches('?').to_owned(),
                what: format!("{}: {}", def.name, def.ty),
                handlers: Vec::new(),
                per_request: false,
                shared: None,
            });
            entry.reached_by(program, handler);
        }
    }
    let mut found: Vec<((u32, Place), Found)> = found.into_iter().chain(shared.all()).collect();
    found.sort_by_key(|(at, _)| *at);
    let wanted: Vec<takers::Wanted<'_>> = found
        .iter()
        .map(|(_, found)| takers::Wanted {
            what: &found.what,
            lock: &found.lock,
            shared: found.shared.as_ref(),
        })
        .collect();
    let mut takers = takers::find(program, &wanted).into_iter();
    let taken = starting_code::names(program);
    let mut used = std::collections::HashSet::new();
    found
        .into_iter()
        .map(|((file, place), found)| {
            let path = &program.sources.files[file as usize].path;
            let mut takers = takers.next().unwrap_or_default();
            if takers.is_empty() && found.shared.is_none() {
                takers = takers::beside(path, &found.what);
            }
            let written = written_type::read(program, file, place)
                .or_else(|| written_type::of_text(program, file, shape::whole(&found.what)))
                .filter(|written| !written.inner.is_empty())
                .unwrap_or_else(|| written_type::Written {
                    inner: shape::inner(&found.what).to_owned(),
                    ..written_type::Written::default()
                });
            let shape = shape::choose(&written.inner, &found.lock, &takers, found.per_request);
            LockPlan {
                file: path.clone(),
                line: place.line,
                code: starting_code::code(shape, &found.what, &written, &takers, &taken, &mut used),
                lock: found.lock,
                what: found.what,
                handlers: found.handlers,
                takers,
                shape,
            }
        })
        .collect()
}
