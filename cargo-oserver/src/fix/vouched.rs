//! Which types of other crates oserver vouches for, and with which feature. What it says is tried by the compiler
//! afterwards: a mistake here costs an edit that is taken back.

/// What oserver says of a type.
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

/// A crate with the versions that a feature is for, the feature, and the types.
struct Known {
    krate: &'static str,
    versions: &'static str,
    feature: &'static str,
    names: &'static [&'static str],
}

const FEATURES: &[Known] = &[
    Known { krate: "uuid", versions: "1.", feature: "uuid-1", names: &["Uuid", "NonNilUuid"] },
    Known {
        krate: "chrono",
        versions: "0.4.",
        feature: "chrono-0_4",
        names: &[
            "DateTime",
            "Days",
            "FixedOffset",
            "IsoWeek",
            "Local",
            "Month",
            "Months",
            "NaiveDate",
            "NaiveDateTime",
            "NaiveTime",
            "NaiveWeek",
            "ParseError",
            "TimeDelta",
            "Duration",
            "Utc",
            "Weekday",
        ],
    },
    Known {
        krate: "serde_json",
        versions: "1.",
        feature: "serde_json-1",
        names: &["Value", "Number", "Map"],
    },
    Known {
        krate: "reqwest",
        versions: "0.13.",
        feature: "reqwest-0_13",
        names: &["Client", "Url"],
    },
    Known { krate: "reqwest", versions: "0.12.", feature: "reqwest-0_12", names: &["Client"] },
    Known {
        krate: "sqlx",
        versions: "0.9.",
        feature: "sqlx-0_9",
        names: &[
            "Pool",
            "PoolConnection",
            "Transaction",
            "PgPool",
            "MySqlPool",
            "SqlitePool",
            "AnyPool",
        ],
    },
    Known {
        krate: "arc_swap",
        versions: "1.",
        feature: "arc-swap-1",
        names: &["ArcSwap", "ArcSwapAny", "ArcSwapOption", "Guard", "Cache"],
    },
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

/// `version` is that of the crate, where it is known.
pub(super) fn vouch(path: &str, krate: &str, version: Option<&str>) -> Vouch {
    let name = path.rsplit("::").next().unwrap_or(path);
    if !path.contains("::") || COVERED.contains(&krate) {
        return Vouch::State;
    }
    match krate {
        "axum" | "axum_core" | "http" => return of_axum(path, name),
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
        "tokio_util" if matches!(name, "CancellationToken" | "DropGuard" | "TaskTracker") => {
            return Vouch::State;
        }
        "tracing" if name == "Span" => return Vouch::State,
        _ => {}
    }
    let known = FEATURES.iter().find(|known| {
        known.krate == krate
            && known.names.contains(&name)
            && version.is_none_or(|version| version.starts_with(known.versions))
    });
    known.map_or(Vouch::Unknown, |known| Vouch::Feature(known.feature))
}

fn of_axum(path: &str, name: &str) -> Vouch {
    match name {
        "Multipart" => Vouch::Param(Some("multipart")),
        "WebSocketUpgrade" | "WebSocket" => Vouch::Param(Some("ws")),
        "ConnectInfo" => Vouch::Feature("ws"),
        _ if REQUEST.contains(&name) || path.contains("rejection") => Vouch::Param(None),
        _ => Vouch::State,
    }
}

/// The feature of `oserver-state` for what `oserver` has under another name, or always.
pub(super) fn of_state_crate(feature: Option<&'static str>, krate: &str) -> Option<&'static str> {
    match (feature, krate) {
        (Some("ws"), _) => Some("axum-0_8-ws"),
        (Some("multipart"), _) => Some("axum-0_8-multipart"),
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
        assert_eq!(vouch("sqlx::PgPool", "sqlx", Some("0.8.6")), Vouch::Unknown);
        assert_eq!(
            vouch("reqwest::Client", "reqwest", Some("0.12.4")),
            Vouch::Feature("reqwest-0_12")
        );
        assert_eq!(vouch("reqwest::Client", "reqwest", Some("0.11.4")), Vouch::Unknown);
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
