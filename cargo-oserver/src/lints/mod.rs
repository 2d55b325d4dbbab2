//! Lints: one module each, with its page beside it.

mod blocking_call;
mod blocking_initializer;
mod guard_bypassed;
mod lock_across_await;
mod lock_in_actor;
mod lock_in_closure;
mod lock_in_handler_state;
mod lock_static;
mod no_timeout;
mod print_in_server;
mod semaphore_as_lock;
mod spin_lock;
mod summary;
mod trusted_state;
mod unguarded_accept_loop;
mod unguarded_handler;
mod unknown_handler;
mod unread_server;
mod unreadable_file;
mod watch_as_lock;

use crate::findings::{Finding, Lint};
use std::collections::HashSet;

use crate::flow::Flow;
use crate::handlers::{self, Code, Handler, Servers};
use crate::load::Sources;
use crate::program::{Function, ModuleId, Program};
use crate::reach::{Foreign, Reach, Step};
use crate::syntax::Place;

pub use summary::Summary;
pub use unreadable_file::LINT as UNREADABLE;

/// The input of the lints.
pub struct Context<'c, 'a> {
    pub program: &'c Program<'a>,
    pub reach: &'c Reach<'c, 'a>,
    pub flow: &'c Flow<'c, 'c, 'a>,
    pub handlers: &'c [Handler<'a>],
    /// Handlers among the rest, accept loops, and what registers handlers that could not be followed.
    pub servers: &'c Servers<'a>,
    /// Functions that handlers surely reach, into those of the program.
    pub reached: &'c HashSet<u32>,
    /// By file.
    packages: Vec<Option<u32>>,
}

type Check = for<'c, 'a> fn(&Context<'c, 'a>, &mut Vec<Finding>);

/// Every lint with its check, in the order of the documentation.
const ALL: &[(&Lint, Check)] = &[
    (&lock_in_handler_state::LINT, lock_in_handler_state::check),
    (&lock_static::LINT, lock_static::check),
    (&lock_in_actor::LINT, lock_in_actor::check),
    (&lock_in_closure::LINT, lock_in_closure::check),
    (&unguarded_accept_loop::LINT, unguarded_accept_loop::check),
    (&print_in_server::LINT, print_in_server::check),
    (&unguarded_handler::LINT, unguarded_handler::check),
    (&no_timeout::LINT, no_timeout::check),
    (&lock_across_await::LINT, lock_across_await::check),
    (&blocking_call::LINT, blocking_call::check),
    (&semaphore_as_lock::LINT, semaphore_as_lock::check),
    (&spin_lock::LINT, spin_lock::check),
    (&watch_as_lock::LINT, watch_as_lock::check),
    (&guard_bypassed::LINT, guard_bypassed::check),
    (&trusted_state::LINT, trusted_state::check),
    (&unknown_handler::LINT, unknown_handler::check),
    (&unread_server::LINT, unread_server::check),
    (&unreadable_file::LINT, unreadable_file::check),
];

pub fn all() -> impl Iterator<Item = &'static Lint> {
    ALL.iter().map(|(lint, _)| *lint)
}

#[must_use]
pub fn by_name(name: &str) -> Option<&'static Lint> {
    all().find(|lint| lint.name == name)
}

/// Returns all findings in the files that were asked for, each place once, by file and line.
#[must_use]
pub fn check(context: &Context<'_, '_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (_, check) in ALL {
        check(context, &mut findings);
    }
    let files = &context.program.sources.files;
    findings.retain(|finding| finding.file.is_none_or(|file| files[file as usize].selected));
    findings.sort_by(|a, b| {
        // Findings about one handler keep the order of their locks.
        let key = |f: &Finding| (f.file, f.place, f.lint.name, f.chain.len());
        key(a).cmp(&key(b))
    });
    // A file that is a module of two crates is read in both.
    findings.dedup_by(|a, b| {
        (a.file, a.place, a.lint.name) == (b.file, b.place, b.lint.name)
            && a.path == b.path
            && a.lock == b.lock
            && (a.lock.is_some() || a.message == b.message)
    });
    findings
}

/// Returns the findings of all lints in the sources.
#[must_use]
pub fn run(sources: &Sources) -> Vec<Finding> {
    run_and_sum(sources, None).0
}

/// Returns the same with answers for types of other crates, and what the run saw.
#[must_use]
pub fn run_and_sum(sources: &Sources, foreign: Option<&dyn Foreign>) -> (Vec<Finding>, Summary) {
    let program = Program::new(sources);
    let reach = match foreign {
        Some(foreign) => Reach::with(&program, foreign),
        None => Reach::new(&program),
    };
    let flow = Flow::new(&reach);
    let servers = handlers::read(&flow, &program);
    let reached = reached(&program, &servers.handlers);
    let context = Context {
        program: &program,
        reach: &reach,
        flow: &flow,
        handlers: &servers.handlers,
        servers: &servers,
        reached: &reached,
        packages: program.sources.packages_of_files().collect(),
    };
    (check(&context), summary::of(&context))
}

fn reached<'a>(program: &Program<'a>, handlers: &[Handler<'a>]) -> HashSet<u32> {
    let mut reached = HashSet::new();
    for handler in handlers {
        let steps = handler.trace.steps.iter().filter(|step| step.sure);
        reached.extend(steps.filter_map(|step| step.function));
        if let Code::Function(function) = &handler.code {
            reached.extend(program.index_of(function));
        }
    }
    reached
}

impl<'a> Context<'_, 'a> {
    /// Returns the name of the package that a file is of.
    fn package_of(&self, file: u32) -> &str {
        let package = self.packages[file as usize];
        package.map_or("", |package| &self.program.sources.packages[package as usize].name)
    }

    /// Returns a finding in a module's file.
    fn finding(&self, lint: &'static Lint, module: ModuleId, place: Place) -> Finding {
        let (file, place) = self.program.at(module, place);
        Finding::new(lint, Some(file), place)
    }

    /// Functions of packages that may be servers: neither tests nor what only builds.
    fn functions(&self) -> impl Iterator<Item = &Function<'a>> {
        self.program.functions.iter().filter(|function| {
            let of_test = matches!(function.owner, crate::program::Owner::Impl(of) if of.test);
            self.program.may_serve(function.module)
                && !self.program.is_test(function.module)
                && !function.def.attributes.test
                && !of_test
        })
    }

    fn step(&self, function: u32) -> Step {
        let function = &self.program.functions[function as usize];
        let (file, place) = self.program.at(function.module, function.def.place);
        Step { file, place, what: format!("fn {}", function.def.name) }
    }
}
