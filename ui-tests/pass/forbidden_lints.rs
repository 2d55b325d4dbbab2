//! rustc's allow-by-default lints and clippy's, forbidden: no `#[allow]` of a macro could help then.
#![forbid(warnings, missing_docs, unreachable_code, unsafe_code)]
#![forbid(clippy::all, clippy::pedantic, clippy::nursery, clippy::cargo)]
#![forbid(
    absolute_paths_not_starting_with_crate,
    ambiguous_negative_literals,
    closure_returning_async_block,
    deprecated_in_future,
    deprecated_safe_2024,
    edition_2024_expr_fragment_specifier,
    elided_lifetimes_in_paths,
    explicit_outlives_requirements,
    ffi_unwind_calls,
    if_let_rescope,
    impl_trait_overcaptures,
    impl_trait_redundant_captures,
    keyword_idents_2018,
    keyword_idents_2024,
    let_underscore_drop,
    macro_use_extern_crate,
    meta_variable_misuse,
    missing_copy_implementations,
    missing_debug_implementations,
    missing_unsafe_on_extern,
    non_ascii_idents,
    redundant_imports,
    redundant_lifetimes,
    rust_2021_incompatible_closure_captures,
    rust_2021_incompatible_or_patterns,
    rust_2021_prefixes_incompatible_syntax,
    rust_2021_prelude_collisions,
    rust_2024_guarded_string_incompatible_syntax,
    rust_2024_incompatible_pat,
    rust_2024_prelude_collisions,
    single_use_lifetimes,
    tail_expr_drop_order,
    trivial_casts,
    trivial_numeric_casts,
    unit_bindings,
    unnameable_types,
    unreachable_pub,
    unsafe_attr_outside_unsafe,
    unsafe_op_in_unsafe_fn,
    unstable_features,
    unused_extern_crates,
    unused_import_braces,
    unused_lifetimes,
    unused_macro_rules,
    unused_qualifications,
    unused_results,
    variant_size_differences
)]
#![forbid(
    clippy::absolute_paths,
    clippy::as_conversions,
    clippy::default_numeric_fallback,
    clippy::else_if_without_else,
    clippy::exhaustive_structs,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::let_underscore_must_use,
    clippy::missing_docs_in_private_items,
    clippy::panic,
    clippy::pattern_type_mismatch,
    clippy::same_name_method,
    clippy::semicolon_inside_block,
    clippy::shadow_reuse,
    clippy::shadow_same,
    clippy::shadow_unrelated,
    clippy::todo,
    clippy::unimplemented,
    clippy::unreachable,
    clippy::unwrap_in_result,
    clippy::unwrap_used
)]

use std::future::{pending, ready};

use oserver::Router;
use oserver::extract::{Path, State};
use oserver::response::IntoResponse;
use oserver::routing::get;

/// Small.
#[oserver::handler]
async fn small(body: String) -> String {
    ready(body).await
}

/// With every option.
#[oserver::handler(
    timeout = "2s", name = "all", level = "debug", on_disconnect = "finish",
    fields(%id, length = state.len(), later)
)]
async fn options(State(state): State<String>, Path(id): Path<u8>) -> Result<String, String> {
    let kept = ready(state).await;
    if id == 0 {
        return Err(kept);
    }
    Ok(kept)
}

/// Hides its type.
#[oserver::handler]
async fn opaque(body: String) -> Result<impl IntoResponse, String> {
    let kept = ready(body).await;
    if kept.is_empty() { Err(kept) } else { Ok(kept) }
}

/// On a thread of its own.
#[oserver::handler(fields(length = body.len()))]
fn without_async(mut body: String) -> String {
    body.push('!');
    body
}

/// Generic.
#[oserver::handler]
async fn generic<T: oserver::HandlerState + Send + Sync + Clone + IntoResponse + 'static>(State(state): State<T>) -> T {
    ready(state).await
}

/// Never answers.
#[oserver::handler]
async fn never_ends() -> String {
    pending().await
}

/// The types of its parameters are the methods' own.
#[derive(oserver::HandlerState)]
struct Service;

impl Service {
    /// A method.
    #[oserver::handler(fields(%name))]
    async fn method(&self, name: &str) -> String {
        ready(()).await;
        name.to_owned()
    }
}

fn main() {
    let router: Router = Router::new()
        .route("/1", get(small).post(opaque).put(without_async).delete(never_ends))
        .route("/{id}", get(options).post(generic::<String>))
        .with_state(String::new());
    drop(router);
    drop(Service.method("name"));
}
