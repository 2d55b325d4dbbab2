//! Parameters of a function without `async` whose patterns borrow: `State(ref app)`.
//!
//! Bound in place they would borrow from the thread that the body leaves. So a name replaces them, and the body begins
//! with the pattern.

use proc_macro2::TokenStream;
use quote::{format_ident, quote_spanned};
use syn::punctuated::Punctuated;
use syn::visit::Visit;
use syn::{FnArg, Pat, PatIdent, Token};

use crate::context::at;

/// Takes the patterns that borrow out of the parameters, and returns the statements that bind them.
pub(super) fn take_borrowing(inputs: &mut Punctuated<FnArg, Token![,]>) -> TokenStream {
    let mut bindings = TokenStream::new();
    for (index, input) in inputs.iter_mut().enumerate() {
        let FnArg::Typed(parameter) = input else { continue };
        if !borrows(&parameter.pat) {
            continue;
        }
        let span = at(&parameter.pat);
        let name = format_ident!("parameter_{index}", span = span);
        let pattern = std::mem::replace(&mut *parameter.pat, syn::parse_quote!(#name));
        // `#[cfg]` is for both; other attributes, such as `#[allow]`, are also for the bindings.
        let attributes = &parameter.attrs;
        bindings.extend(quote_spanned!(span=> #(#attributes)* let #pattern = #name;));
    }
    bindings
}

fn borrows(pattern: &Pat) -> bool {
    struct Finds(bool);

    impl<'ast> Visit<'ast> for Finds {
        fn visit_pat_ident(&mut self, pattern: &'ast PatIdent) {
            self.0 |= pattern.by_ref.is_some();
            syn::visit::visit_pat_ident(self, pattern);
        }
    }

    let mut finds = Finds(false);
    finds.visit_pat(pattern);
    finds.0
}
