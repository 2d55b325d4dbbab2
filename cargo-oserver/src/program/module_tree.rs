//! Module trees: from the root file of each target along its `mod` lines.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::functions::block_key;
use super::{Crate, Def, Id, Module, ModuleId, Program};
use crate::load::{SourceFile, TargetKind};
use crate::syntax::{FnDef, Items, ModDef};

/// The limit of nested `mod` lines: a longer chain is a circle.
const DEEPEST: usize = 64;

pub(super) fn mount(program: &mut Program<'_>) {
    let sources = program.sources;
    let files: HashMap<&Path, u32> =
        (0u32..).zip(&sources.files).map(|(i, f)| (&*f.path, i)).collect();
    let mut mounting = Mounting { program, files, mounted: HashSet::new() };
    for (package, number) in sources.packages.iter().zip(0u32..) {
        for target in &package.targets {
            mounting.krate(&target.path, &target.name, target.kind, Some(number));
        }
    }
    mounting.loose();
}

struct Mounting<'a, 'p> {
    program: &'p mut Program<'a>,
    files: HashMap<&'a Path, u32>,
    mounted: HashSet<u32>,
}

/// Where the files of a module's `mod` lines are.
struct Folder {
    path: PathBuf,
    /// Whether it is that of a module with a body in the same file.
    inline: bool,
}

impl Folder {
    fn of(path: PathBuf) -> Self {
        Self { path, inline: false }
    }

    /// Returns the folder that a `#[path]` is relative to, in a file.
    fn base<'f>(&'f self, file: &'f Path) -> Option<&'f Path> {
        if self.inline { Some(&self.path) } else { file.parent() }
    }
}

impl<'a> Mounting<'a, '_> {
    fn krate(&mut self, path: &Path, name: &'a str, kind: TargetKind, package: Option<u32>) {
        let Some(&file) = self.files.get(path) else { return };
        let number = u32::try_from(self.program.crates.len()).unwrap_or(u32::MAX);
        let root = ModuleId(u32::try_from(self.program.modules.len()).unwrap_or(u32::MAX));
        self.program.crates.push(Crate { name, root, kind, package });
        if kind == TargetKind::Lib
            && let Some(package) = package
        {
            let package = &self.program.sources.packages[package as usize];
            self.program.libs.insert(&package.name, root);
        }
        let folder = Folder::of(path.parent().unwrap_or(path).to_owned());
        self.mounted.insert(file);
        let items = &self.program.sources.files[file as usize].items;
        let module = Module {
            items,
            parent: None,
            krate: number,
            file,
            name,
            test: false,
            block: false,
            names: HashMap::new(),
            imports: HashMap::new(),
            globs: Vec::new(),
        };
        self.module(module, &folder, 0);
    }

    /// Files that no target leads to: the likeliest roots first.
    fn loose(&mut self) {
        let sources = self.program.sources;
        let rank = |file: &SourceFile| {
            let name = file.path.file_name().unwrap_or_default();
            let root = name == "lib.rs" || name == "main.rs";
            (!root, file.path.components().count())
        };
        let mut order: Vec<(&'a SourceFile, u32)> = sources.files.iter().zip(0u32..).collect();
        order.sort_by_cached_key(|(file, number)| (rank(file), *number));
        let packages: Vec<Option<u32>> = sources.packages_of_files().collect();
        for (file, number) in order {
            if self.mounted.contains(&number) {
                continue;
            }
            let package = packages[number as usize];
            let kind = loose_kind(
                &file.path,
                package.map(|package| &*sources.packages[package as usize].root),
            );
            let name = file.path.file_stem().and_then(|stem| stem.to_str()).unwrap_or("loose");
            self.krate(&file.path, name, kind, package);
        }
    }

    fn module(&mut self, mut module: Module<'a>, folder: &Folder, depth: usize) -> ModuleId {
        module.test |= module.items.test;
        let id = ModuleId(u32::try_from(self.program.modules.len()).unwrap_or(u32::MAX));
        let (items, file, krate, test) = (module.items, module.file, module.krate, module.test);
        self.program.modules.push(module);
        let mut names: HashMap<&'a str, Vec<Def>> = HashMap::new();
        let mut add = |name: &'a str, def: Def| names.entry(name).or_default().push(def);
        let ids = |index: usize| Id { module: id, index: u32::try_from(index).unwrap_or(u32::MAX) };
        items.types.iter().enumerate().for_each(|(i, def)| add(&def.name, Def::Type(ids(i))));
        items.aliases.iter().enumerate().for_each(|(i, def)| add(&def.name, Def::Alias(ids(i))));
        items.traits.iter().enumerate().for_each(|(i, def)| add(&def.name, Def::Trait(ids(i))));
        items.fns.iter().enumerate().for_each(|(i, def)| add(&def.name, Def::Fn(ids(i))));
        items.statics.iter().enumerate().for_each(|(i, def)| add(&def.name, Def::Static(ids(i))));
        if depth < DEEPEST {
            for def in &items.mods {
                let parent = (id, file, krate, test);
                if let Some(child) = self.child(def, parent, folder, depth + 1) {
                    add(&def.name, Def::Module(child));
                }
            }
            self.blocks(items, (id, file, krate, test), depth + 1);
        }
        let mut imports: HashMap<&'a str, Vec<u32>> = HashMap::new();
        let mut globs = Vec::new();
        for (import, index) in items.imports.iter().zip(0u32..) {
            match &import.name {
                Some(name) => imports.entry(name).or_default().push(index),
                None => globs.push(index),
            }
        }
        let module = &mut self.program.modules[id.0 as usize];
        (module.names, module.imports, module.globs) = (names, imports, globs);
        id
    }

    fn child(
        &mut self,
        def: &'a ModDef,
        (parent, file, krate, test): (ModuleId, u32, u32, bool),
        folder: &Folder,
        depth: usize,
    ) -> Option<ModuleId> {
        let module = |items: &'a Items, file: u32| Module {
            items,
            parent: Some(parent),
            krate,
            file,
            name: &def.name,
            test: test || def.test,
            block: def.included,
            names: HashMap::new(),
            imports: HashMap::new(),
            globs: Vec::new(),
        };
        let name = def.name.strip_prefix("r#").unwrap_or(&def.name);
        let current = &self.program.sources.files[file as usize].path;
        if let Some(items) = &def.inline {
            let path = match &def.path {
                Some(path) => normal(&folder.base(current)?.join(&**path)),
                None => folder.path.join(name),
            };
            let folder = Folder { path, inline: true };
            return Some(self.module(module(items, file), &folder, depth));
        }
        let (number, folder) = match &def.path {
            Some(path) => {
                // `include!` is relative to its file everywhere.
                let base = if def.included { current.parent()? } else { folder.base(current)? };
                let path = normal(&base.join(&**path));
                let Some(number) = self.files.get(&*path).copied() else {
                    self.program.missing.insert(path);
                    return None;
                };
                (number, Folder::of(path.parent()?.to_owned()))
            }
            None => {
                let below = folder.path.join(name);
                let flat = folder.path.join(format!("{name}.rs"));
                let nested = below.join("mod.rs");
                let found = self.files.get(&*flat).or_else(|| self.files.get(&*nested));
                let Some(number) = found.copied() else {
                    self.program.missing.extend([flat, nested]);
                    return None;
                };
                (number, Folder::of(below))
            }
        };
        self.mounted.insert(number);
        let items = &self.program.sources.files[number as usize].items;
        Some(self.module(module(items, number), &folder, depth))
    }

    /// Items in the bodies of functions are modules that see what is around them.
    fn blocks(
        &mut self,
        items: &'a Items,
        (parent, file, krate, test): (ModuleId, u32, u32, bool),
        depth: usize,
    ) {
        let functions = items
            .fns
            .iter()
            .chain(items.impls.iter().flat_map(|of| &of.fns))
            .chain(items.traits.iter().flat_map(|of| &of.fns));
        let with_items: Vec<(&'a FnDef, &'a Items)> =
            functions.filter_map(|def| Some((def, def.inner.as_deref()?))).collect();
        for (def, inner) in with_items {
            let module = Module {
                items: inner,
                parent: Some(parent),
                krate,
                file,
                name: &def.name,
                test: test || def.attributes.test,
                block: true,
                names: HashMap::new(),
                imports: HashMap::new(),
                globs: Vec::new(),
            };
            let folder = Folder::of(PathBuf::new());
            let id = self.module(module, &folder, depth);
            self.program.blocks.insert(block_key(def, parent), id);
        }
    }
}

fn loose_kind(path: &Path, root: Option<&Path>) -> TargetKind {
    let below = root.and_then(|root| path.strip_prefix(root).ok()).unwrap_or(path);
    let has = |name: &str| below.components().any(|part| part.as_os_str() == name);
    if root.is_some() && (has("tests") || has("benches")) {
        TargetKind::Test
    } else if below.file_name().is_some_and(|name| name == "build.rs") {
        TargetKind::Build
    } else {
        TargetKind::Bin
    }
}

/// Without `..` in it.
fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::ParentDir => {
                out.pop();
            }
            std::path::Component::CurDir => {}
            other => out.push(other),
        }
    }
    out
}
