//! The expansion as it comes out.

use quote::quote;

use super::expand;
use crate::snapshot::{assert_snapshot, pretty};

#[test]
fn an_impl_block_is_kept_and_gets_a_handle() {
    let expansion = expand(
        quote!(mailbox_capacity = 16, timeout = "2s", stop = close),
        quote! {
            impl Inventory {
                /// Takes one.
                pub async fn reserve(&mut self, sku: String) -> bool {
                    self.take(&sku)
                }

                #[deprecated]
                pub fn count(&self) -> (u32, String) {
                    (1, String::new())
                }

                fn take(&mut self, sku: &str) -> bool {
                    true
                }

                fn close(&mut self) {}
            }
        },
    );
    assert_snapshot("actor", "inventory", &pretty(&expansion));
}
