//! The places of closures.

use super::collect::Collect;
use super::functions::ClosureSite;
use super::{params, place, range};

impl Collect<'_> {
    pub(super) fn closure(&mut self, closure: &syn::ExprClosure) -> ClosureSite {
        let (is_async, block, body) = match &*closure.body {
            syn::Expr::Async(inner) if closure.asyncness.is_none() => {
                (true, Some(&inner.block), range(&inner.block))
            }
            syn::Expr::Block(inner) if inner.label.is_none() => {
                // `|| { async move { … } }` and nothing else.
                match inner.block.stmts.as_slice() {
                    [syn::Stmt::Expr(syn::Expr::Async(only), None)]
                        if closure.asyncness.is_none() =>
                    {
                        (true, Some(&only.block), range(&only.block))
                    }
                    _ => (closure.asyncness.is_some(), Some(&inner.block), range(&inner.block)),
                }
            }
            other => (closure.asyncness.is_some(), None, range(other)),
        };
        let result = match block {
            Some(block) => match block.stmts.last() {
                Some(syn::Stmt::Expr(last, None)) => range(last),
                Some(syn::Stmt::Macro(last)) if last.semi_token.is_none() => range(last),
                _ => 0..0,
            },
            None => body.clone(),
        };
        let first = closure
            .asyncness
            .as_ref()
            .map(|token| token.span)
            .or(closure.capture.as_ref().map(|token| token.span))
            .unwrap_or(closure.inputs_begin.spans[0]);
        ClosureSite {
            place: place(first),
            whole: range(closure),
            around: self.around.take().filter(|around| around.closure == range(closure)),
            params: params::params(closure.inputs.iter()),
            output: match &closure.output {
                syn::ReturnType::Default => None,
                output => Some(range(output)),
            },
            result: self.slice(&result).to_owned(),
            body,
            block: block.is_some(),
            is_async,
            call: self.call.clone(),
            called: self.called.clone(),
            route: self.route.clone(),
            after: self.after,
            modules: self.modules.clone(),
        }
    }
}
