//! Conditions of `cfg`, as expressions: what can hold in a build that is no test.

use syn::punctuated::Punctuated;
use syn::{Meta, Token};

/// Whether a condition can hold, and whether it can fail, where `test` is off and all else is open.
#[derive(Clone, Copy)]
struct Can {
    hold: bool,
    fail: bool,
}

/// Returns `true` if an item under this condition is there for tests only.
pub(super) fn only_in_tests(condition: &Meta) -> bool {
    !evaluate(condition).hold
}

/// Returns the condition of a `cfg` or `cfg_attr`, and what follows it.
pub(super) fn arguments(meta: &Meta) -> Vec<Meta> {
    let Meta::List(list) = meta else { return Vec::new() };
    let parsed = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
    parsed.map(|list| list.into_iter().collect()).unwrap_or_default()
}

fn evaluate(condition: &Meta) -> Can {
    let path = condition.path();
    let parts = || arguments(condition).into_iter().map(|part| evaluate(&part));
    if path.is_ident("test") && matches!(condition, Meta::Path(_)) {
        Can { hold: false, fail: true }
    } else if path.is_ident("not") {
        parts().next().map_or(OPEN, |inner| Can { hold: inner.fail, fail: inner.hold })
    } else if path.is_ident("all") {
        parts().fold(Can { hold: true, fail: false }, |all, part| Can {
            hold: all.hold && part.hold,
            fail: all.fail || part.fail,
        })
    } else if path.is_ident("any") {
        parts().fold(Can { hold: false, fail: true }, |any, part| Can {
            hold: any.hold || part.hold,
            fail: any.fail && part.fail,
        })
    } else {
        OPEN
    }
}

const OPEN: Can = Can { hold: true, fail: true };

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

    use super::only_in_tests;

    #[test]
    fn conditions_are_expressions() {
        let only = |text: &str| only_in_tests(&syn::parse_str(text).unwrap());
        for text in
            ["test", "all(test, not(windows))", "any(test, all(test, unix))", "not(not(test))"]
        {
            assert!(only(text), "{text}");
        }
        for text in [
            "feature = \"test-utils\"",
            "feature = \"test\"",
            "not(test)",
            "any(test, feature = \"test\")",
            "all(not(test), unix)",
            "not(all(test, unix))",
            "debug_assertions",
        ] {
            assert!(!only(text), "{text}");
        }
    }
}
