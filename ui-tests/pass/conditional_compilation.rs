//! `#[cfg]` on parameters, statements, arms, expressions and on the handler itself.
#![deny(warnings, missing_docs, unreachable_code, clippy::pedantic)]
#![forbid(unsafe_code)]

use oserver::Router;
use oserver::extract::Path;
use oserver::routing::get;

#[oserver::handler]
async fn parameters(
    #[cfg(not(target_os = "uefi"))] Path(id): Path<u32>,
    #[cfg(target_os = "uefi")] not_there: NotThere,
    #[allow(unused_variables)] unused: String,
) -> String {
    id.to_string()
}

#[oserver::handler]
async fn statements(Path(id): Path<u32>) -> String {
    #[cfg(target_os = "uefi")]
    use not::there;
    #[cfg(target_os = "uefi")]
    let id = not_there(id);
    #[cfg(not(target_os = "uefi"))]
    let id = id + 1;
    match id {
        #[cfg(target_os = "uefi")]
        NotThere => String::new(),
        #[cfg(not(target_os = "uefi"))]
        1 => String::from("one"),
        _ => {
            #[cfg(target_os = "uefi")]
            {
                not_there(id)
            }
            #[cfg(not(target_os = "uefi"))]
            {
                id.to_string()
            }
        }
    }
}

#[cfg(target_os = "uefi")]
#[oserver::handler]
async fn absent(not_there: NotThere) {}

#[cfg_attr(not(target_os = "uefi"), oserver::handler(timeout = "2s"))]
async fn annotated_on_condition() {}

#[oserver::handler]
#[cfg_attr(target_os = "uefi", not_there)]
#[cfg_attr(not(target_os = "uefi"), doc = "Documented on condition.")]
fn without_async(#[cfg(target_os = "uefi")] not_there: NotThere, body: String) -> String {
    #[cfg(target_os = "uefi")]
    return not_there;
    body
}

fn main() {
    let _: Router = Router::new()
        .route("/{id}", get(parameters).post(statements).put(annotated_on_condition))
        .route("/", get(without_async));
}
