//! Types of struct literals.

use std::collections::HashMap;
use std::rc::Rc;

use super::unify::unify;
use super::{Infer, Locals};
use crate::program::{Id, Resolved, Scope};
use crate::syntax::{Expr, Name, TyPath};

impl<'a> Infer<'_, 'a> {
    pub(super) fn literal(
        &self,
        path: &TyPath,
        fields: &'a [(Name, Expr)],
        locals: &Locals<'a>,
    ) -> Resolved {
        match self.program.resolve_type(&crate::syntax::Ty::Path(path.clone()), &self.scope) {
            Resolved::Own(id, _) if path.last() != "Self" => {
                let fields: Vec<(Name, &'a Expr)> =
                    fields.iter().map(|(name, value)| (*name, value)).collect();
                self.constructed(id, &fields, locals)
            }
            other => other,
        }
    }

    pub(super) fn constructed(
        &self,
        id: Id,
        values: &[(Name, &'a Expr)],
        locals: &Locals<'a>,
    ) -> Resolved {
        let def = self.program.type_def(id);
        let names: Vec<&str> = def.generics.params.iter().map(|param| &*param.name).collect();
        if names.is_empty() {
            return Resolved::Own(id, Rc::new([]));
        }
        let mut found = HashMap::new();
        for (name, value) in values {
            let field = def.fields.iter().find(|field| {
                field.name == *name || field.name.rsplit('.').next() == Some(&**name)
            });
            if let Some(field) = field {
                unify(&field.ty, &self.expr(value, locals), &names, &mut found);
            }
        }
        let mut scope = self.program.instance(&def.generics, &[], Scope::new(id.module));
        Rc::make_mut(&mut scope.params).extend(found);
        Resolved::Own(id, names.iter().map(|name| scope.params[*name].clone()).collect())
    }
}
