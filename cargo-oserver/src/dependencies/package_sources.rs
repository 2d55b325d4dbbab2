//! The sources of one package, read once.

use std::path::Path;
use std::rc::Rc;

use super::left_out::LeftOut;
use super::{Dependencies, Located, cfg};
use crate::load::{Dependency, Package, Sources, Target, TargetKind, load_package};
use crate::syntax::Limits;

/// Lines of packages that are kept at a time.
const KEPT: u64 = 100_000;

impl Dependencies {
    pub(super) fn sources(&self, id: &str, package: &Located) -> Option<Rc<Sources>> {
        if let Some((_, known)) = self.sources.borrow().iter().find(|(known, _)| known == id) {
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
        let left_out = LeftOut::new(features);
        let leaves_out = |path: &Path| left_out.contains(path);
        let prepare = |file: &mut syn::File| cfg::apply(file, features);
        let sources = Rc::new(load_package(package, Limits::default(), &leaves_out, &prepare));
        let mut kept = self.sources.borrow_mut();
        kept.push((id.to_owned(), Rc::clone(&sources)));
        // A package that is needed again is read again: all of them together would be larger than the workspace.
        let sum =
            |kept: &[(String, Rc<Sources>)]| kept.iter().map(|(_, of)| of.lines()).sum::<u64>();
        while kept.len() > 1 && sum(&kept) > KEPT {
            kept.remove(0);
        }
        Some(sources)
    }
}
