//! `name`, `level` and `fields(..)`: the span's, in tracing's syntax, with values from the parameters.
#![deny(warnings, missing_docs, unreachable_code, clippy::pedantic)]
#![forbid(unsafe_code)]

use oserver::{HandlerParam, Router};
use oserver::extract::{Json, Path, State};
use oserver::routing::get;
use tracing::Level;

const NAME: &str = "constant";
const LEVEL: Level = Level::WARN;

#[derive(Clone, Debug, oserver::HandlerState)]
struct App {
    name: String,
}

#[oserver::handler(name = "checkout", level = "debug")]
async fn named() {}

#[oserver::handler(name = NAME, level = LEVEL, timeout = "1m")]
async fn of_constants() {}

#[oserver::handler(name = stringify!(checkout))]
async fn of_a_macro_by_name() {}

#[oserver::handler(name = concat!("check", "out"))]
async fn of_joined_parts() {}

#[oserver::handler(level = 4, name = self::NAME)]
async fn of_a_number() {}

#[oserver::handler(level = Level::TRACE, fields())]
async fn of_a_path() {}

#[oserver::handler(
    fields(
        sku,
        %id,
        ?app,
        app.name,
        name = app.name,
        length = numbers.len(),
        sum = numbers.iter().map(|number| u64::from(*number)).sum::<u64>(),
        shown = %format_args!("{id}/{}", app.name),
        unsized_text = %*app.name,
        debugged = ?numbers.first(),
        nothing = tracing::field::Empty,
        "quoted name" = true,
        { NAME } = 1.5,
        type = "a keyword",
    ),
)]
async fn with_fields(
    State(app): State<App>,
    Path(id): Path<u32>,
    Json(mut numbers): Json<Vec<u32>>,
) -> String {
    tracing::Span::current().record("sku", "set later");
    numbers.push(id);
    format!("{}{numbers:?}", app.name)
}

#[oserver::handler(fields(%id))]
async fn only_in_a_field(Path(id): Path<u32>) {}

#[oserver::handler(fields(length = body.len()))]
fn without_async(body: String) -> String {
    body
}

impl App {
    #[oserver::handler(fields(%self.name, kind = Self::kind()))]
    async fn method(&self) -> String {
        self.name.clone()
    }

    fn kind() -> &'static str {
        "app"
    }
}

#[oserver::handler(fields(%value, ?other))]
async fn generic<T: HandlerParam + std::fmt::Display + Send>(value: T, other: impl HandlerParam + std::fmt::Debug + Send) {
    drop((value, other));
}

macro_rules! recorded {
    ($function:ident, $name:literal, $level:expr, $field:ident: $type:ty) => {
        #[oserver::handler(name = $name, level = $level, fields(doubled = $field * 2, %$field))]
        async fn $function($field: $type) -> String {
            $field.to_string()
        }
    };
}

mod of_a_macro {
    recorded!(made, "made", "error", id: u8);
    recorded!(made_again, "made again", tracing::Level::INFO, id: u64);
}

fn main() {
    let _: Router = Router::new()
        .route("/1", get(named).post(of_constants).put(of_a_number).delete(of_a_path))
        .route("/3", get(of_a_macro_by_name).post(of_joined_parts))
        .route("/2/{id}", get(only_in_a_field).post(with_fields).put(without_async))
        .with_state(App { name: String::new() });
    drop(async {
        let _ = App { name: String::new() }.method().await;
        let _ = generic(1, "text").await;
    });
}
