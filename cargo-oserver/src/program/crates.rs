//! Which crate a name means: the package's own library, or a dependency whose sources were read.

use super::{ModuleId, Program};
use crate::load::TargetKind;

impl Program<'_> {
    /// Returns the root of the crate that `name` means in `module`, if it was read.
    pub(super) fn extern_crate(&self, module: ModuleId, name: &str) -> Option<ModuleId> {
        let krate = self.krate(module);
        let package = &self.sources.packages[krate.package? as usize];
        if package.name.replace('-', "_") == name {
            return self.libs.get(&*package.name).copied();
        }
        let own_lib = package
            .targets
            .iter()
            .find(|target| target.kind == TargetKind::Lib && target.name == name);
        if own_lib.is_some() {
            return self.libs.get(&*package.name).copied();
        }
        let dependency = package.dependencies.iter().find(|dependency| dependency.name == name)?;
        dependency.path.as_ref()?;
        self.libs.get(&*dependency.package).copied()
    }

    /// Returns `true` if the package of a module depends on a crate of this name.
    pub(super) fn depends_on(&self, module: ModuleId, name: &str) -> bool {
        let package =
            self.krate(module).package.map(|index| &self.sources.packages[index as usize]);
        package.is_some_and(|package| {
            package.dependencies.iter().any(|dependency| dependency.name == name)
        })
    }

    /// Returns the same by the name of its library, where that differs from its package's.
    pub(super) fn extern_by_lib_name(&self, module: ModuleId, name: &str) -> Option<ModuleId> {
        let krate = self.krate(module);
        let package = &self.sources.packages[krate.package? as usize];
        let paths = package.dependencies.iter().filter(|dependency| dependency.path.is_some());
        let mut roots = paths.filter_map(|dependency| self.libs.get(&*dependency.package));
        roots.find(|root| self.krate(**root).name == name).copied()
    }

    /// Returns the own name of a crate that was not read: dependencies can be renamed.
    pub(super) fn external_name(&self, module: ModuleId, name: &str) -> String {
        let package =
            self.krate(module).package.map(|index| &self.sources.packages[index as usize]);
        let renamed = package.and_then(|package| {
            package.dependencies.iter().find(|dependency| {
                dependency.name == name && dependency.package.replace('-', "_") != name
            })
        });
        renamed.map_or_else(|| name.to_owned(), |dependency| dependency.package.replace('-', "_"))
    }
}
