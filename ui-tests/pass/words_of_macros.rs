//! Words in the arguments of a user's macro that are no values, and names in format strings that are keywords.
#![deny(warnings, missing_docs, unreachable_code, clippy::pedantic)]
#![deny(clippy::nursery)]
#![forbid(unsafe_code)]

use oserver::Router;
use oserver::extract::Path;
use oserver::routing::get;

macro_rules! or_status {
    ($value:expr, $status:ident) => {
        match $value {
            Ok(value) => value,
            Err(_) => return Err(http::StatusCode::$status),
        }
    };
}

macro_rules! status {
    ($status:ident) => {
        http::StatusCode::$status
    };
}

macro_rules! allow {
    ($($method:ident),*) => {
        [$(http::Method::$method),*]
    };
}

#[derive(Clone, Copy, PartialEq, PartialOrd)]
struct Share<const N: u16>(u16);

impl<const N: u16> Share<N> {
    const ALL: Self = Self(N);
    const TEXT: &'static str = "share";
}

#[oserver::handler]
async fn number(Path(id): Path<String>) -> Result<String, http::StatusCode> {
    let number: u8 = or_status!(id.parse(), BAD_REQUEST);
    let r#type = allow!(GET, POST, DELETE).len();
    if number == 0 {
        return Err(status!(NOT_FOUND));
    }
    // Clippy sees no call in an argument.
    let share: Share<3> = id.len().try_into().map_or(Share::ALL, Share);
    let half: Share<2> = (number > 3).then_some(Share(1)).unwrap_or(Share::ALL);
    let text = id.strip_prefix('a').unwrap_or(Share::<1>::TEXT).parse().unwrap_or(number);
    Ok(format!("{number}{type}{text}{}", share.0 + half.0))
}

fn main() {
    let _: Router = Router::new().route("/{id}", get(number));
}
