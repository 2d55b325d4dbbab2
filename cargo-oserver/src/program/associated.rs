//! Associated types: `<T as Trait>::Name`.

use super::types::{DEEPEST, Scope};
use super::{Id, Program, Resolved};

/// The limit of nested associated types: each can stand for as many types as there are impls.
const ASSOCIATED: u32 = 2;
/// The limit of impls of a trait that are searched for an associated type.
const IMPLS: usize = 16;

impl Program<'_> {
    /// Returns the type that a type of the sources dereferences to.
    #[must_use]
    pub fn target(&self, id: Id, args: &[Resolved]) -> Option<Resolved> {
        let written = self.impls_of_type(id).iter().find_map(|(module, of)| {
            of.of.as_ref().filter(|path| path.last() == "Deref")?;
            let (_, ty) = of.assoc.iter().find(|(name, _)| **name == *"Target")?;
            let scope = self.impl_scope(*module, of, args, &Scope::new(*module));
            Some(self.resolve_type(ty, &scope))
        });
        // `#[derive(Deref)] struct Shared(Arc<Inner>);`
        let derived = || {
            let def = self.type_def(id);
            let derives = def.attributes.derives.iter().any(|name| **name == *"Deref");
            let field = def.fields.first().filter(|_| derives && def.fields.len() == 1)?;
            Some(self.field_type(id, args, &field.ty))
        };
        written.or_else(derived).filter(|ty| *ty != Resolved::Unknown)
    }

    /// `<base>::name`
    pub(super) fn associated(&self, base: &Resolved, name: &str, scope: &Scope) -> Resolved {
        if scope.depth > DEEPEST || scope.associated >= ASSOCIATED {
            return Resolved::Unknown;
        }
        match base {
            Resolved::Own(id, args) => self
                .impls_of_type(*id)
                .iter()
                .find_map(|(module, of)| {
                    let (_, ty) = of.assoc.iter().find(|(known, _)| **known == *name)?;
                    let inner = self.impl_scope(*module, of, args, scope);
                    Some(self.resolve_type(ty, &inner))
                })
                .unwrap_or(Resolved::Unknown),
            Resolved::Param(_, traits) | Resolved::Traits(traits) => {
                let mut all = Vec::new();
                for of in traits.iter() {
                    if let Some((_, ty)) = of.assoc.iter().find(|(known, _)| **known == *name) {
                        return ty.clone();
                    }
                    let Some(id) = of.id else { continue };
                    for (module, of) in self.impls_of_trait(id).iter().take(IMPLS) {
                        let found = of.assoc.iter().find(|(known, _)| **known == *name);
                        let Some((_, ty)) = found else { continue };
                        let inner = self.impl_scope(*module, of, &[], scope);
                        let ty = self.resolve_type(ty, &inner);
                        if !all.contains(&ty) {
                            all.push(ty);
                        }
                    }
                }
                if all.is_empty() { Resolved::Unknown } else { Resolved::All(all.into()) }
            }
            _ => Resolved::Unknown,
        }
    }
}
