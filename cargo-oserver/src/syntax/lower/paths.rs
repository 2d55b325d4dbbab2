//! Types and paths.

use syn::{GenericArgument, PathArguments, QSelf, ReturnType, Type, TypeParamBound};

use crate::syntax::{Generics, INPUT, Segment, Ty, TyPath, TypeParam};

pub(super) fn ty(ty: &Type) -> Ty {
    match ty {
        Type::Path(inner) => Ty::Path(path(&inner.path, inner.qself.as_ref())),
        Type::Reference(inner) => Ty::Ref(Box::new(self::ty(&inner.elem))),
        Type::Ptr(inner) => Ty::Ref(Box::new(self::ty(&inner.elem))),
        Type::Array(inner) => Ty::Slice(Box::new(self::ty(&inner.elem))),
        Type::Slice(inner) => Ty::Slice(Box::new(self::ty(&inner.elem))),
        Type::Tuple(inner) => Ty::Tuple(inner.elems.iter().map(self::ty).collect()),
        Type::Group(inner) => self::ty(&inner.elem),
        Type::Paren(inner) => self::ty(&inner.elem),
        Type::TraitObject(inner) => Ty::Dyn(bounds(&inner.bounds)),
        Type::ImplTrait(inner) => Ty::Impl(bounds(&inner.bounds)),
        Type::FnPtr(inner) => {
            Ty::Fn(inner.inputs.iter().map(|input| self::ty(&input.ty)).collect())
        }
        _ => Ty::Unknown,
    }
}

pub(super) fn path(path: &syn::Path, qself: Option<&QSelf>) -> TyPath {
    TyPath {
        qself: qself.map(|qself| Box::new(ty(&qself.ty))),
        position: qself.map_or(0, |qself| qself.position),
        global: path.leading_colon.is_some(),
        segments: path.segments.iter().map(segment).collect(),
    }
}

fn segment(segment: &syn::PathSegment) -> Segment {
    let mut args = Vec::new();
    let mut assoc = Vec::new();
    match &segment.arguments {
        PathArguments::AngleBracketed(inner) => {
            for argument in &inner.args {
                match argument {
                    GenericArgument::Type(inner) => args.push(ty(inner)),
                    GenericArgument::AssocType(inner) => {
                        assoc.push((inner.ident.to_string().into(), ty(&inner.ty)));
                    }
                    _ => {}
                }
            }
        }
        PathArguments::Parenthesized(inner) => {
            assoc.extend(inner.inputs.iter().map(|input| (INPUT.into(), ty(&input.ty))));
            if let ReturnType::Type(_, output) = &inner.output {
                assoc.push(("Output".into(), ty(output)));
            }
        }
        PathArguments::None => {}
    }
    Segment { name: segment.ident.to_string().into(), args, assoc: assoc.into() }
}

pub(super) fn bounds<'a>(bounds: impl IntoIterator<Item = &'a TypeParamBound>) -> Vec<TyPath> {
    let of = |bound: &TypeParamBound| match bound {
        TypeParamBound::Trait(bound) => Some(path(&bound.path, None)),
        _ => None,
    };
    bounds.into_iter().filter_map(of).collect()
}

pub(super) fn generics(generics: &syn::Generics) -> Generics {
    let mut params: Vec<TypeParam> = generics
        .type_params()
        .map(|param| TypeParam {
            name: param.ident.to_string().into(),
            bounds: bounds(&param.bounds),
            default: param.default.as_ref().map(|(_, default)| ty(default)),
        })
        .collect();
    let predicates = generics.where_clause.iter().flat_map(|clause| &clause.predicates);
    for predicate in predicates {
        let syn::WherePredicate::Type(predicate) = predicate else { continue };
        let Ty::Path(bounded) = ty(&predicate.bounded_ty) else { continue };
        if let Some(param) = params.iter_mut().find(|param| bounded.single() == Some(&*param.name))
        {
            param.bounds.extend(bounds(&predicate.bounds));
        }
    }
    Generics { params }
}
