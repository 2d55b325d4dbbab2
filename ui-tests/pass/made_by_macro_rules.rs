//! Handlers that are, or have pieces that are, fragments of a `macro_rules!`.
#![deny(warnings, missing_docs, unreachable_code, clippy::pedantic)]
#![forbid(unsafe_code)]

use oserver::Router;
use oserver::extract::Path;
use oserver::response::IntoResponse;
use oserver::routing::get;

macro_rules! of_an_item {
    ($item:item) => {
        #[oserver::handler]
        $item
    };
}

macro_rules! of_a_block {
    ($name:ident, $body:block) => {
        #[oserver::handler]
        async fn $name() -> String $body
    };
}

macro_rules! of_an_expression {
    ($name:ident, $body:expr) => {
        #[oserver::handler]
        async fn $name() -> String {
            $body
        }
    };
}

macro_rules! of_types {
    ($name:ident, $parameter:ty => $output:ty) => {
        #[oserver::handler]
        async fn $name(value: $parameter) -> $output {
            value.into()
        }
    };
}

macro_rules! of_everything {
    (
        $(#[$meta:meta])* $vis:vis fn $name:ident<$lifetime:lifetime>($pattern:pat => $path:path),
        $timeout:literal, $statement:stmt, $($token:tt)*
    ) => {
        $(#[$meta])*
        #[oserver::handler(timeout = $timeout)]
        $vis async fn $name<$lifetime>($pattern: $path, text: &$lifetime str) -> impl IntoResponse {
            $statement;
            text.len().to_string() + $($token)*
        }
    };
}

macro_rules! without_async {
    ($name:ident, $parameter:ty => $output:ty, $body:block) => {
        #[oserver::handler]
        fn $name(_: $parameter) -> $output $body
    };
}

macro_rules! twice {
    ($($rest:tt)*) => {
        of_an_expression!($($rest)*);
    };
}

/// A crate's own name for the attribute.
macro_rules! handlers {
    ($($name:ident: $result:ty = $body:expr;)*) => {$(
        #[oserver::handler]
        async fn $name() -> $result { $body }
    )*};
}

of_an_item! {
    async fn item(Path(id): Path<u8>) -> String {
        id.to_string()
    }
}
of_a_block!(block, {
    let text = "block";
    text.to_owned()
});
of_an_expression!(expression, String::from("expression"));
of_types!(types, &'static str => String);

of_everything! {
    /// Documented.
    #[allow(clippy::unused_async)]
    pub fn everything<'a>(Path(mut id) => Path<u8>), "2s", id += 1, &id.to_string()
}
without_async!(blocking, u8 => Result<impl IntoResponse, String>, { Ok("blocking") });
twice!(nested, "nested".to_owned());
handlers! {
    first: () = ();
    second: &'static str = "second";
}

fn main() {
    let _: Router = Router::new()
        .route("/{id}", get(item).post(block).put(expression).delete(nested))
        .route("/", get(first).post(second));
    drop(async {
        let _ = types("text").await;
        let _ = everything(Path(1), "text").await;
        let _ = blocking(1).await;
    });
}
