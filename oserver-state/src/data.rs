//! Values that the extractors of fresh request data may carry.

use crate::traits::Nothing;

/// A value that can be read from a request: the contents of `Json<T>`, `Path<T>`, `Query<T>` and `Form<T>`.
///
/// A user's own extractor could fill `Json<T>` with a value that requests share. So `T` must be a type that is read
/// from the request: then axum's implementation is the only one. A shared handle (`Arc<Mutex<_>>`, or a user's type
/// around one) is no such type.
#[diagnostic::on_unimplemented(
    message = "a handler cannot take `{Self}` from a request: it does not implement `serde::Deserialize`",
    label = "cannot be read from a request",
    note = "write `#[derive(serde::Deserialize)]` on `{Self}`; a handler gets state that requests share by `State<..>` or `Extension<..>`"
)]
pub trait FromRequestData {}

#[diagnostic::do_not_recommend]
impl FromRequestData for Nothing {}

#[cfg(feature = "axum-0_8")]
#[diagnostic::do_not_recommend]
impl<T: serde::de::DeserializeOwned> FromRequestData for T {}
