//! Values that the extractors of fresh request data may carry.

use crate::traits::Nothing;

/// A value that can be read from a request: what `Json<T>`, `Path<T>`, `Query<T>` and `Form<T>` carry.
///
/// An extractor of the user's own could fill `Json<T>` with what requests share. So `T` must be one that is read:
/// then axum's implementation is the only one, and a shared handle (`Arc<Mutex<_>>`, a type of the user's around
/// one) is none of these.
#[diagnostic::on_unimplemented(
    message = "a handler cannot take `{Self}` from a request: it does not implement `serde::Deserialize`",
    label = "cannot be read from a request",
    note = "write `#[derive(serde::Deserialize)]` on `{Self}`; state that requests share comes by `State<..>` or `Extension<..>`"
)]
pub trait FromRequestData {}

#[diagnostic::do_not_recommend]
impl FromRequestData for Nothing {}

#[cfg(feature = "axum-0_8")]
#[diagnostic::do_not_recommend]
impl<T: serde::de::DeserializeOwned> FromRequestData for T {}
