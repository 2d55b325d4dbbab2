//! Plan of the work on each handler, as changes that need each other.

mod actors;
mod captures;
mod closures;
mod derive;
mod error_way;
mod handlers;
mod inspect;
mod layers;
mod listeners;
mod loops;
mod mains;
mod params;
mod references;
mod routers;
mod serve_arguments;
mod server;
mod split;
mod state;
mod test_doubles;
mod traits;
mod within;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::change::{Action, Change, Left, Reason};
use super::tree::Tree;
use super::write;
use crate::dependencies::Dependencies;
use crate::flow::Flow;
use crate::graph::{CalledBy, called_by};
use crate::handlers::{Framework, Handler};
use crate::program::{Id, ModuleId, Program};
use crate::reach::Reach;
use crate::syntax::{FnDef, Place};
use within::within_closures;

/// A file's text and where things are in it.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) text: String,
    pub(super) tree: Tree,
}

/// The options of a plan, beside the sources.
#[derive(Clone, Debug, Default)]
pub struct Wishes {
    /// `true` if the compiler checks the result: then uncertain edits are tried, too.
    pub checked: bool,
    /// Whether locks of the simplest shape become actors.
    pub actors: bool,
    /// Whether `axum::Router` becomes `oserver::Router` where that is possible.
    pub routers: bool,
}

/// All changes, and the remaining decisions.
#[derive(Debug, Default)]
pub struct Plan {
    pub changes: Vec<Change>,
    pub left: Vec<Left>,
    /// For each change the features of oserver that it needs.
    pub features: HashMap<usize, BTreeSet<&'static str>>,
    /// Manifests of packages that serve nothing.
    pub light: BTreeSet<PathBuf>,
    /// Files with all names of a module around them, and the manifests of their packages: what another file of the
    /// package imports may be for them.
    pub globs: BTreeSet<(PathBuf, Option<PathBuf>)>,
    /// The manifest of the package that a file belongs to.
    pub manifests: BTreeMap<PathBuf, PathBuf>,
}

/// The reason why something stays unchanged: as a word, and as a message.
pub(super) type Refusal = (Reason, String);

pub(super) struct Planner<'p, 'a> {
    program: &'p Program<'a>,
    dependencies: &'p Dependencies,
    called: CalledBy<'a>,
    wishes: Wishes,
    sources: RefCell<HashMap<u32, Option<Rc<Source>>>>,
    plan: Plan,
    /// The results for types that were already examined, by the trait that they need.
    derived: HashMap<(u32, Place, state::Kind), Result<Option<usize>, Refusal>>,
    /// Fields that become handles of actors.
    actors: HashMap<actors::Field, usize>,
    /// Functions that accept loops served, with the change that serves them now.
    served: HashMap<(u32, Place), usize>,
    /// Accept loops that an edit removes, by their files.
    gone: Vec<(u32, std::ops::Range<usize>)>,
    /// Traits that got the supertrait.
    traits: HashMap<Id, Result<usize, Refusal>>,
    /// Traits that tests implement, too, with the reasons to trust their objects.
    doubles: HashMap<Id, Result<Option<String>, Refusal>>,
    /// Functions that closures call which a router got.
    within: HashSet<*const FnDef>,
    /// Names that functions of a module got.
    named: HashMap<(u32, Vec<String>), BTreeSet<String>>,
}

/// Decides about each handler, then about the servers that they are given to.
#[must_use]
pub fn plan<'a>(
    program: &Program<'a>,
    dependencies: &Dependencies,
    found: &[Handler<'a>],
    wishes: Wishes,
) -> Plan {
    let reach = Reach::new(program);
    let flow = Flow::new(&reach);
    let mut planner = Planner {
        program,
        dependencies,
        called: called_by(&flow),
        wishes,
        sources: RefCell::default(),
        plan: Plan::default(),
        derived: HashMap::new(),
        actors: HashMap::new(),
        served: HashMap::new(),
        gone: Vec::new(),
        traits: HashMap::new(),
        doubles: HashMap::new(),
        within: within_closures(program, found),
        named: HashMap::new(),
    };
    if planner.wishes.actors {
        planner.actors(&flow, found);
    }
    planner.accept_loops();
    for handler in found {
        if handler.guard().is_none() && program.sources.files[handler.file as usize].selected {
            planner.handler(handler);
        }
    }
    planner.servers(&flow, found);
    planner.layers();
    planner.globs();
    if planner.wishes.routers {
        planner.routers(found);
    }
    planner.plan
}

impl<'p, 'a> Planner<'p, 'a> {
    /// `None` if it does not parse as a separate file.
    fn source(&self, file: u32) -> Option<Rc<Source>> {
        if let Some(known) = self.sources.borrow().get(&file) {
            return known.clone();
        }
        let text = write::read(&self.program.sources.files[file as usize].path).ok();
        let source = text.and_then(|text| {
            let tree = Tree::read(&text)?;
            Some(Rc::new(Source { text, tree }))
        });
        self.sources.borrow_mut().insert(file, source.clone());
        source
    }

    fn globs(&mut self) {
        for id in self.program.module_ids() {
            let module = self.program.module(id);
            if module.parent.is_none() || !self.program.sources.files[module.file as usize].selected
            {
                continue;
            }
            let Some(source) = self.source(module.file) else { continue };
            if source.text.contains("super::*") || source.text.contains("crate::*") {
                self.plan.globs.insert((self.path(module.file).to_owned(), self.manifest(id)));
            }
        }
    }

    fn path(&self, file: u32) -> &'p Path {
        &self.program.sources.files[file as usize].path
    }

    /// Returns the manifest of a module's package.
    fn manifest(&self, module: ModuleId) -> Option<PathBuf> {
        let package = self.program.krate(module).package?;
        Some(self.program.sources.packages[package as usize].root.join("Cargo.toml"))
    }

    /// Adds a change to a file of a module's package.
    fn add(&mut self, module: ModuleId, change: Change, features: BTreeSet<&'static str>) -> usize {
        if let Some(manifest) = self.manifest(module) {
            if self.is_light(module) {
                self.plan.light.insert(manifest.clone());
            }
            self.plan.manifests.insert(change.file.clone(), manifest);
        }
        let number = self.plan.changes.len();
        self.plan.changes.push(change);
        self.plan.features.insert(number, features);
        number
    }

    fn left(&mut self, handler: &Handler<'a>, (reason, message): Refusal) {
        self.plan.left.push(Left {
            action: Action::Left,
            reason,
            handler: Some(handler.name.clone()),
            file: self.path(handler.file).to_owned(),
            line: handler.place.line,
            message,
        });
    }

    /// Returns how a package's code calls the crate `oserver`, if that is not its name.
    fn renamed(&self, module: ModuleId) -> Option<String> {
        let package = self.program.krate(module).package?;
        let dependencies = &self.program.sources.packages[package as usize].dependencies;
        let known = dependencies.iter().find(|dependency| dependency.package == "oserver")?;
        (known.name != "oserver").then(|| known.name.clone())
    }

    /// `#[oserver::handler]`, in a package that has the crate under another name as well.
    fn attribute(&self, module: ModuleId) -> String {
        match self.renamed(module) {
            None => "#[oserver::handler]".to_owned(),
            Some(name) => format!("#[{name}::handler(crate = {name})]"),
        }
    }

    fn krate(&self, module: ModuleId) -> String {
        let light = if self.is_light(module) { "oserver_state" } else { "oserver" };
        self.renamed(module).unwrap_or_else(|| light.to_owned())
    }

    /// Returns `true` if a package serves nothing: then the traits are enough for it.
    fn is_light(&self, module: ModuleId) -> bool {
        const SERVERS: &[&str] = &["axum", "hyper", "tower", "oserver"];
        let Some(package) = self.program.krate(module).package else { return false };
        let dependencies = &self.program.sources.packages[package as usize].dependencies;
        !dependencies.iter().any(|dependency| SERVERS.contains(&&*dependency.package))
    }

    /// Returns a name that no function of the module has yet.
    fn unused_name(&mut self, file: u32, modules: &[String], wanted: &str) -> String {
        let tree = self.source(file);
        let taken = self.named.entry((file, modules.to_vec())).or_default();
        let used = |name: &str, taken: &BTreeSet<String>| {
            let tree = tree.as_ref().map(|source| &source.tree);
            taken.contains(name)
                || tree.is_some_and(|tree| {
                    tree.names.iter().any(|known| known == name)
                        || tree.uses.iter().any(|site| site.name == name)
                })
        };
        let mut name = wanted.to_owned();
        let mut number = 2;
        while used(&name, taken) {
            name = format!("{wanted}_{number}");
            number += 1;
        }
        taken.insert(name.clone());
        name
    }
}

/// Returns `true` if the attribute is for handlers of this framework.
fn is_ours(framework: Framework) -> bool {
    matches!(framework, Framework::Axum | Framework::Oserver | Framework::Hyper | Framework::Tower)
}
