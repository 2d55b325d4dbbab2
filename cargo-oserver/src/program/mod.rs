//! All sources as one program: crates, their module trees, and what names and types mean in them.

mod associated;
mod crates;
mod functions;
mod impls;
mod module_tree;
mod names;
mod prelude;
mod resolved;
mod search;
mod types;

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

pub use names::{Found, Space};
pub use resolved::{Resolved, TraitRef};
pub use types::Scope;

use crate::known::is_framework;
use crate::load::{Sources, TargetKind};
use crate::syntax::{AliasDef, FnDef, ImplDef, Items, Place, StaticDef, TraitDef, TypeDef};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ModuleId(pub u32);

/// A definition: the module that it is in, and its place in that module's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Id {
    pub module: ModuleId,
    pub index: u32,
}

/// The definition that a name can stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Def {
    Module(ModuleId),
    Type(Id),
    /// An enum's variant.
    Variant(Id),
    Alias(Id),
    Trait(Id),
    Fn(Id),
    Static(Id),
}

/// A file, a module in one, or the items in a function's body.
#[derive(Debug)]
pub struct Module<'a> {
    pub items: &'a Items,
    pub parent: Option<ModuleId>,
    pub krate: u32,
    pub file: u32,
    pub name: &'a str,
    /// `true` if only tests see it.
    pub test: bool,
    /// The body of a function: names that it lacks are looked up around it.
    pub block: bool,
    names: HashMap<&'a str, Vec<Def>>,
    /// Into the items' imports, by the names that they bring.
    imports: HashMap<&'a str, Vec<u32>>,
    /// Imports of all names of a module.
    globs: Vec<u32>,
}

/// A target of a package.
#[derive(Debug)]
pub struct Crate<'a> {
    pub name: &'a str,
    pub root: ModuleId,
    pub kind: TargetKind,
    /// Into [`Sources::packages`].
    pub package: Option<u32>,
}

/// A function with where it stands.
#[derive(Clone, Copy, Debug)]
pub struct Function<'a> {
    pub def: &'a FnDef,
    /// Where names in its signature and body are looked for.
    pub module: ModuleId,
    pub owner: Owner<'a>,
}

/// The item that a function belongs to.
#[derive(Clone, Copy, Debug)]
pub enum Owner<'a> {
    Module,
    Impl(&'a ImplDef),
    Trait(Id),
    /// A method that a trait provides, of a type that does not have its own.
    Provided(Id, Id),
}

/// Everything that was read.
#[derive(Debug)]
pub struct Program<'a> {
    pub sources: &'a Sources,
    pub modules: Vec<Module<'a>>,
    pub crates: Vec<Crate<'a>>,
    /// All functions; those of modules that are in several crates once for each.
    pub functions: Vec<Function<'a>>,
    libs: HashMap<&'a str, ModuleId>,
    blocks: HashMap<usize, ModuleId>,
    functions_by_def: HashMap<usize, u32>,
    /// Packages that name what servers are made of.
    serving: HashSet<u32>,
    /// Names of the handles that `#[oserver::actor]` makes.
    owner_handles: HashSet<String>,
    impls: impls::Impls<'a>,
    /// Where the files of `mod` lines would be that were not read.
    pub missing: HashSet<PathBuf>,
    resolved: RefCell<names::Resolutions>,
    /// The modules that globs bring the names of, by the module and the index of the import.
    globs: RefCell<HashMap<(ModuleId, u32), Found>>,
    scopes: RefCell<HashMap<(usize, Option<Id>), Scope>>,
}

impl<'a> Program<'a> {
    #[must_use]
    pub fn new(sources: &'a Sources) -> Self {
        let mut program = Self {
            sources,
            modules: Vec::new(),
            crates: Vec::new(),
            functions: Vec::new(),
            libs: HashMap::new(),
            blocks: HashMap::new(),
            functions_by_def: HashMap::new(),
            serving: HashSet::new(),
            owner_handles: HashSet::new(),
            impls: impls::Impls::default(),
            missing: HashSet::new(),
            resolved: RefCell::default(),
            globs: RefCell::default(),
            scopes: RefCell::default(),
        };
        module_tree::mount(&mut program);
        program.serving = program
            .modules
            .iter()
            .filter(|module| sources.files[module.file as usize].server)
            .filter_map(|module| program.crates[module.krate as usize].package)
            .collect();
        program.owner_handles =
            program.modules.iter().flat_map(|module| functions::owners(module.items)).collect();
        program.collect_functions();
        program.impls = impls::collect(&program);
        program
    }

    #[must_use]
    pub fn module(&self, id: ModuleId) -> &Module<'a> {
        &self.modules[id.0 as usize]
    }

    pub fn module_ids(&self) -> impl Iterator<Item = ModuleId> + use<> {
        (0..u32::try_from(self.modules.len()).unwrap_or(u32::MAX)).map(ModuleId)
    }

    #[must_use]
    pub fn type_def(&self, id: Id) -> &'a TypeDef {
        &self.module(id.module).items.types[id.index as usize]
    }

    #[must_use]
    pub fn alias_def(&self, id: Id) -> &'a AliasDef {
        &self.module(id.module).items.aliases[id.index as usize]
    }

    #[must_use]
    pub fn trait_def(&self, id: Id) -> &'a TraitDef {
        &self.module(id.module).items.traits[id.index as usize]
    }

    #[must_use]
    pub fn static_def(&self, id: Id) -> &'a StaticDef {
        &self.module(id.module).items.statics[id.index as usize]
    }

    /// Returns the function that a module's list has there.
    #[must_use]
    pub fn function(&self, id: Id) -> Function<'a> {
        let def = &self.module(id.module).items.fns[id.index as usize];
        Function { def, module: id.module, owner: Owner::Module }
    }

    /// Returns the scope that a function's body adds, or the module that it stands in.
    #[must_use]
    pub fn body_module(&self, function: &Function<'a>) -> ModuleId {
        *self
            .blocks
            .get(&functions::block_key(function.def, function.module))
            .unwrap_or(&function.module)
    }

    #[must_use]
    pub fn index_of(&self, function: &Function<'a>) -> Option<u32> {
        self.functions_by_def.get(&functions::block_key(function.def, function.module)).copied()
    }

    #[must_use]
    pub fn krate(&self, module: ModuleId) -> &Crate<'a> {
        &self.crates[self.module(module).krate as usize]
    }

    /// Returns `true` if the package of a module, or the module's file if it is in none, names what servers are made of.
    #[must_use]
    pub fn may_serve(&self, module: ModuleId) -> bool {
        match self.krate(module).package {
            Some(package) => self.serving.contains(&package),
            None => true,
        }
    }

    /// Returns `true` if `#[oserver::actor]` makes a handle of this name.
    #[must_use]
    pub fn is_owner_handle(&self, name: &str) -> bool {
        self.owner_handles.contains(name)
    }

    /// Returns `true` if a package is one of oserver's, or depends on one.
    #[must_use]
    pub fn uses_oserver(&self) -> bool {
        let packages = &self.sources.packages;
        packages.is_empty()
            || packages.iter().any(|package| {
                let mut dependencies = package.dependencies.iter();
                package.name.starts_with("oserver")
                    || dependencies.any(|known| known.package.starts_with("oserver"))
            })
    }

    /// Returns `true` if only tests, benchmarks and builds see what stands in a module.
    #[must_use]
    pub fn is_test(&self, module: ModuleId) -> bool {
        let kind = self.krate(module).kind;
        self.module(module).test || matches!(kind, TargetKind::Test | TargetKind::Build)
    }

    /// Returns `true` if a module is of the library of a framework.
    #[must_use]
    pub fn of_framework(&self, module: ModuleId) -> bool {
        self.krate(module).kind == TargetKind::Lib && is_framework(&self.package_name(module))
    }

    /// Returns the package that a module belongs to, as `use` writes it; `""` for a file without one.
    #[must_use]
    pub fn package_name(&self, module: ModuleId) -> String {
        let package =
            self.krate(module).package.map(|index| &self.sources.packages[index as usize]);
        package.map(|package| package.name.replace('-', "_")).unwrap_or_default()
    }

    /// Returns file and place as findings have them.
    #[must_use]
    pub fn at(&self, module: ModuleId, place: Place) -> (u32, Place) {
        (self.module(module).file, place)
    }
}
