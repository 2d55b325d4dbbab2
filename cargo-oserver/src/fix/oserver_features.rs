//! Which types of other crates oserver vouches for, and with which feature. What it says is tried by the compiler
//! afterwards: a mistake here costs an edit that is reverted.

use crate::known;

/// The verdict of oserver on a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Vouch {
    /// State, as far as its arguments are.
    State,
    /// State with this feature.
    Feature(&'static str),
    /// A handler can take it, but it is no state; perhaps only with a feature.
    Param(Option<&'static str>),
    /// Nothing.
    Unknown,
}

/// Crates of which every type that handlers have is covered.
const COVERED: &[&str] =
    &["std", "core", "alloc", "tokio", "bytes", "oserver", "oserver_state", "oserver_runtime"];

/// Types that make an extractor, but no state, of axum and http.
const REQUEST: &[&str] = &[
    "RawPathParams",
    "Body",
    "Next",
    "Multipart",
    "WebSocketUpgrade",
    "WebSocket",
    "Error",
    "ErrorResponse",
    "Html",
    "Redirect",
    "NoContent",
    "Request",
    "Response",
    "Parts",
    "Extensions",
];

/// axum-extra 0.12's, with the feature `axum-extra-0_12`.
const EXTRA_STATE: &[&str] = &["Host", "Scheme", "Key", "Cookie"];
const EXTRA_PARAM: &[&str] = &[
    "TypedHeader",
    "Form",
    "OptionalPath",
    "OptionalQuery",
    "Protobuf",
    "Query",
    "CookieJar",
    "PrivateCookieJar",
    "SignedCookieJar",
    "JsonDeserializer",
    "JsonLines",
    "Multipart",
    "Cached",
    "Either",
    "WithRejection",
];

/// Aliases of types in the list.
const ALIASES: &[(&str, &str, (&str, &str))] = &[
    ("sqlx", "PgPool", ("sqlx", "Pool")),
    ("sqlx", "MySqlPool", ("sqlx", "Pool")),
    ("sqlx", "SqlitePool", ("sqlx", "Pool")),
    ("sqlx", "AnyPool", ("sqlx", "Pool")),
    ("arc_swap", "ArcSwap", ("arc_swap", "ArcSwapAny")),
    ("arc_swap", "ArcSwapOption", ("arc_swap", "ArcSwapAny")),
    ("chrono", "Duration", ("chrono", "TimeDelta")),
    ("reqwest", "Url", ("url", "Url")),
    ("serde_json", "Map", ("serde_json", "Value")),
];

/// Returns the crate whose types a crate exports under its own names: deadpool-postgres and similar crates export deadpool's.
pub(super) fn base(krate: &str) -> Option<&'static str> {
    krate.starts_with("deadpool_").then_some("deadpool")
}

/// `version` is that of the crate, or of its [`base`], where it is known.
pub(super) fn vouch(path: &str, krate: &str, version: Option<&str>) -> Vouch {
    let name = path.rsplit("::").next().unwrap_or(path);
    if !path.contains("::") || COVERED.contains(&krate) {
        return Vouch::State;
    }
    match krate {
        "axum" | "axum_core" | "http" => return of_axum(path, name),
        // http's, under another name.
        "hyper" if matches!(name, "Request" | "Response" | "HeaderMap") => {
            return of_axum(path, name);
        }
        "hyper" if matches!(name, "StatusCode" | "Method" | "Uri" | "Version" | "HeaderValue") => {
            return Vouch::State;
        }
        "axum_extra" if version.is_none_or(|version| version.starts_with("0.12.")) => {
            let extra = Some("axum-extra-0_12");
            return if EXTRA_STATE.contains(&name) {
                Vouch::Feature("axum-extra-0_12")
            } else if EXTRA_PARAM.contains(&name) || name.ends_with("Rejection") {
                Vouch::Param(extra)
            } else {
                Vouch::Unknown
            };
        }
        // The same type as axum-extra's.
        "cookie" if name == "Key" || name == "Cookie" => return Vouch::Feature("axum-extra-0_12"),
        _ => {}
    }
    let (krate, name, version) =
        match ALIASES.iter().find(|(of, from, _)| (*of, *from) == (krate, name)) {
            Some((_, _, (other, name))) => (*other, *name, version.filter(|_| *other == krate)),
            None => (krate, name, version),
        };
    let (krate, name) = match base(krate) {
        Some(base) if name == "Connection" => (base, "Object"),
        Some(base) => (base, name),
        None => (krate, name),
    };
    let mut known = known::features(krate, name).iter();
    match known.find(|known| version.is_none_or(|version| known.is_for(version))) {
        Some(known) if known.param => Vouch::Param((!known.always).then_some(known.name)),
        Some(known) if known.always => Vouch::State,
        Some(known) => Vouch::Feature(known.name),
        None => Vouch::Unknown,
    }
}

fn of_axum(path: &str, name: &str) -> Vouch {
    match name {
        "Multipart" => Vouch::Param(Some("multipart")),
        "WebSocketUpgrade" | "WebSocket" => Vouch::Param(Some("ws")),
        // Only with the feature is there anything to extract.
        "ConnectInfo" => Vouch::Feature("connect-info"),
        _ if REQUEST.contains(&name) || path.contains("rejection") => Vouch::Param(None),
        _ => Vouch::State,
    }
}

/// Returns the feature of `oserver-state` for what `oserver` has under another name, or always.
pub(super) fn of_state_crate(feature: Option<&'static str>, krate: &str) -> Option<&'static str> {
    match (feature, krate) {
        (Some("ws"), _) => Some("axum-0_8-ws"),
        (Some("multipart"), _) => Some("axum-0_8-multipart"),
        (Some("connect-info"), _) => Some("axum-0_8-tokio"),
        (Some(same), _) => Some(same),
        (None, "tokio") => Some("tokio-1"),
        (None, "tokio_util") => Some("tokio-util-0_7"),
        (None, "bytes") => Some("bytes-1"),
        (None, "http") => Some("http-1"),
        (None, "tracing") => Some("tracing-0_1"),
        (None, "axum" | "axum_core") => Some("axum-0_8"),
        (None, _) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Vouch, vouch};

    #[test]
    fn versions_matter() {
        assert_eq!(vouch("sqlx::PgPool", "sqlx", Some("0.9.1")), Vouch::Feature("sqlx-0_9"));
        assert_eq!(vouch("sqlx::PgPool", "sqlx", Some("0.8.6")), Vouch::Feature("sqlx-0_8"));
        assert_eq!(vouch("sqlx::PgPool", "sqlx", Some("0.7.4")), Vouch::Unknown);
        let bb8 = vouch("bb8::Pool", "bb8", Some("0.9.0"));
        assert_eq!(bb8, Vouch::Feature("bb8-0_9"), "the digit is of the name");
        let moka = vouch("moka::future::Cache", "moka", Some("0.12.16"));
        assert_eq!(moka, Vouch::Feature("moka-0_12"));
        assert_eq!(
            vouch("reqwest::Client", "reqwest", Some("0.12.4")),
            Vouch::Feature("reqwest-0_12")
        );
        assert_eq!(vouch("reqwest::Client", "reqwest", Some("0.11.4")), Vouch::Unknown);
    }

    #[test]
    fn pools_have_the_feature_of_the_crate_that_they_are_of() {
        for (path, version, feature) in [
            ("deadpool_sqlite::Pool", "0.13.1", "deadpool-0_13"),
            ("deadpool_postgres::Pool", "0.12.3", "deadpool-0_12"),
            ("deadpool_redis::Connection", "0.13.1", "deadpool-0_13"),
        ] {
            let krate = path.split("::").next().expect("a crate");
            assert_eq!(vouch(path, krate, Some(version)), Vouch::Feature(feature), "{path}");
            assert_eq!(vouch(path, krate, Some("0.10.0")), Vouch::Unknown, "{path}");
        }
    }

    #[test]
    fn responses_are_no_state() {
        assert_eq!(vouch("axum::response::Redirect", "axum", None), Vouch::Param(None));
        assert_eq!(vouch("axum::extract::State", "axum", None), Vouch::State);
        assert_eq!(
            vouch("axum::extract::Multipart", "axum", None),
            Vouch::Param(Some("multipart"))
        );
    }
}
