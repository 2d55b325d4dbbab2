//! The sources of one package, read once.

use std::path::Path;
use std::rc::Rc;

use super::{Dependencies, Located, conditions};
use crate::load::{Dependency, Package, Sources, Target, TargetKind, load_package};
use crate::syntax::Limits;

impl Dependencies {
    pub(super) fn sources(&self, id: &str, package: &Located) -> Option<Rc<Sources>> {
        if let Some(known) = self.sources.borrow().get(id) {
            return Some(Rc::clone(known));
        }
        let (name, path) = package.lib.clone()?;
        let root = package.manifest.parent().map(Path::to_owned).unwrap_or_default();
        let dependencies = package.dependencies.keys().map(|name| Dependency {
            name: name.clone(),
            package: name.clone(),
            path: None,
        });
        let target = Target { kind: TargetKind::Lib, name, path };
        let features = package.features.as_ref();
        let package = Package {
            name: package.name.clone(),
            root,
            edition: 2021,
            targets: vec![target],
            dependencies: dependencies.collect(),
        };
        let sources = Rc::new(load_package(package, Limits::default(), &|text| {
            conditions::without(text, features)
        }));
        self.sources.borrow_mut().insert(id.to_owned(), Rc::clone(&sources));
        Some(sources)
    }
}
