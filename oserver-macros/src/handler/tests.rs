//! Expansions as they come out, and the item that survives every error.

use proc_macro2::TokenStream;
use quote::quote;

use super::expand;
use crate::snapshot;

fn pretty(options: TokenStream, item: TokenStream) -> String {
    snapshot::pretty(&expand(options, item))
}

fn assert_snapshot(name: &str, expansion: &str) {
    snapshot::assert_snapshot("handler", name, expansion);
}

#[test]
fn a_small_handler_expands_to_few_lines() {
    let expansion = pretty(
        quote!(timeout = "2s"),
        quote! {
            /// Says hello.
            pub async fn hello(Path(name): Path<String>) -> Result<String> {
                Ok(format!("Hello, {name}!"))
            }
        },
    );
    assert_snapshot("small", &expansion);
    assert!(expansion.lines().count() < 60);
}

#[test]
fn names_that_may_be_a_statics_are_checked_in_front_of_their_statement() {
    let expansion = pretty(
        quote!(),
        quote! {
            async fn count(body: String) -> String {
                let shared = SHARED;
                #[allow(deprecated)]
                let old = store::COUNT.lock();
                body.lines().map(parse).count().to_string() + &Self::NAME.len().to_string()
            }
        },
    );
    assert_snapshot("statics", &expansion);
}

#[test]
fn an_assertion_shows_its_condition_as_it_is_written() {
    let expansion = expand(
        quote!(),
        quote!(
            async fn f(body: String) {
                assert!(body.chars().all(char::is_numeric));
                assert!(body.chars().all(char::is_numeric), "own text");
            }
        ),
    )
    .to_string();
    let shown = "\"assertion failed: {}\" , :: core :: stringify ! (body . chars () . all (char :: is_numeric))";
    assert_eq!(expansion.matches(shown).count(), 1, "{expansion}");
}

#[test]
fn a_constant_of_a_type_is_checked_where_it_is_used() {
    let expansion = expand(
        quote!(),
        quote!(
            async fn f(limit: Option<Limit<9>>) {
                limit.unwrap_or(Limit::MAX);
                rows(Self::MAX, list[At::FIRST], Count::MOST as u8, Count::LEAST + 1, T::NAME);
            }
        ),
    )
    .to_string();
    for (name, count) in [
        ("let value = Limit :: MAX", 1),
        ("let value = Count :: LEAST", 1),
        ("let value =", 2),
        ("match Limit", 0),
        ("match Self :: MAX", 1),
        ("match At :: FIRST", 1),
        ("match Count :: MOST", 1),
        ("match T :: NAME", 1),
    ] {
        assert_eq!(expansion.matches(name).count(), count, "{name}: {expansion}");
    }
}

#[test]
fn a_function_without_async_runs_on_a_blocking_thread() {
    let expansion = pretty(
        quote!(),
        quote!(
            fn total(Path(id): Path<u64>) -> String {
                sum(id)
            }
        ),
    );
    assert_snapshot("blocking", &expansion);
}

#[test]
fn options_of_the_span_are_facts_and_values() {
    let expansion = pretty(
        quote!(
            name = "checkout",
            level = "debug",
            fields(sku = %order.sku, count = order.lines.len(), ?coupon, { NAME } = 1, "a b" = ?1, later)
        ),
        quote! {
            async fn order(Json(order): Json<Order>, coupon: Query<Coupon>) {}
        },
    );
    assert_snapshot("span", &expansion);
}

/// As `tracing::instrument` takes them.
#[test]
fn levels_are_words_numbers_and_constants() {
    for (level, constant) in [
        (quote!("TRACE"), "Level :: TRACE"),
        (quote!(1), "Level :: TRACE"),
        (quote!(5), "Level :: ERROR"),
        (quote!(Level::WARN), ". level (Level :: WARN)"),
    ] {
        let expansion = expand(
            quote!(level = #level),
            quote!(
                async fn f() {}
            ),
        )
        .to_string();
        assert!(expansion.contains(constant), "{level}: {expansion}");
    }
}

#[test]
fn every_refusal_is_one_error_and_keeps_the_function() {
    for (item, words) in [
        (
            quote!(
                const fn f() {}
            ),
            "cannot be `const`",
        ),
        (
            quote!(
                unsafe fn f() {}
            ),
            "cannot be `unsafe`",
        ),
        (
            quote!(
                extern "C" fn f() {}
            ),
            "cannot be `extern`",
        ),
        (
            quote!(
                fn f(&self) {}
            ),
            "cannot borrow",
        ),
        (
            quote!(
                fn f(name: Option<&str>) {}
            ),
            "cannot borrow",
        ),
        (
            quote!(
                unsafe extern "C" fn f(count: u32, ...) {}
            ),
            "cannot be `unsafe`",
        ),
    ] {
        let expansion = expand(quote!(), item.clone()).to_string();
        assert_eq!(expansion.matches("compile_error ! {").count(), 1, "{item}");
        assert!(expansion.contains(words), "{item}: {expansion}");
        // `unsafe` stays, for its callers write it as well.
        let function =
            ["async fn f", "async unsafe fn f"].iter().any(|text| expansion.contains(text));
        assert!(function, "{item}: {expansion}");
    }
}

#[test]
fn what_is_no_function_is_kept_as_it_is() {
    for item in [
        quote!(
            struct S;
        ),
        quote!(impl S { fn f() {} }),
        quote!(
            fn f();
        ),
    ] {
        let expansion = expand(quote!(), item.clone()).to_string();
        assert_eq!(expansion.matches("compile_error ! {").count(), 1, "{item}");
        assert!(expansion.ends_with(&item.to_string()), "{expansion}");
    }
}

/// Clippy's `items_after_statements` would speak of the user's items.
#[test]
fn items_stay_in_front_of_all_statements() {
    let expansion = pretty(
        quote!(),
        quote! {
            async fn named() -> String {
                #![allow(clippy::unused_async)]
                use std::fmt::Write;
                const NAME: &str = "name";
                let mut text = String::new();
                _ = text.write_str(NAME);
                text
            }
        },
    );
    assert_snapshot("items", &expansion);
    let place = |text| expansion.find(text).expect(text);
    assert!(place("const NAME") < place("if false"));
    assert!(place("if false") < place("let mut text"));
}

/// The compiler says what is wrong with it, and what else there is stays as it was.
#[test]
fn a_body_that_does_not_parse_is_passed_on() {
    let expansion = expand(quote!(), quote!(async fn f() -> T { let = ; })).to_string();
    assert!(!expansion.contains("compile_error ! {"), "{expansion}");
    assert!(expansion.contains("Guarded"), "{expansion}");
    assert!(expansion.contains("let = ;"), "{expansion}");
}

#[test]
fn what_records_the_result_comes_first() {
    for below in [
        quote!(#[tracing::instrument(err)]),
        quote!(#[instrument(skip_all, ret(level = "debug"))]),
        quote!(#[cfg_attr(unix, instrument(err))]),
    ] {
        let item = quote!(#[allow(unused)] #below fn f() {});
        let expansion = expand(quote!(timeout = "2s"), item).to_string();
        let again = quote!(#below #[::oserver::handler(timeout = "2s")] #[allow(unused)] fn f() {});
        assert_eq!(expansion, again.to_string());
    }
    for below in [
        quote!(#[tracing::instrument]),
        quote!(#[tracing::instrument(fields(err = 1), skip(ret), name = "err")]),
        quote!(#[cfg_attr(err, instrument)]),
        quote!(#[doc(err)]),
    ] {
        let expansion = expand(quote!(), quote!(#below fn f() {})).to_string();
        assert!(expansion.contains("run_blocking"), "{expansion}");
    }
}

#[test]
fn a_wrong_option_leaves_the_others_and_the_handler() {
    let item = quote!(
        async fn f() {}
    );
    for (options, words) in [
        (quote!(tiemout = "2s"), "there is no option `tiemout`"),
        (quote!(timeout = "2"), "`2` has no unit"),
        (quote!(timeout = 2), "the duration must be a string"),
        (quote!(timeout), r#"write `timeout = \"2s\"`"#),
        (quote!(timeout("2s")), r#"write `timeout = \"2s\"`"#),
        (quote!(timeout =), r#"write `timeout = \"2s\"`"#),
        (quote!(timeout = , crate = oserver), r#"write `timeout = \"2s\"`"#),
        (quote!(timeout = "2s" crate = oserver), "expected `,`"),
        (quote!(, timeout = "2s"), "an option needs a name"),
        (quote!(crate = 5), "write `crate = path::of::oserver`"),
        (quote!(crate = "5"), "write `crate = path::of::oserver`"),
        (quote!("2s"), "an option needs a name"),
        (quote!(name), r#"name: write `name = \"checkout\"`"#),
        (quote!(name = ""), "a span needs a name"),
        (quote!(name = 5), "name: the value must be a string"),
        (quote!(level = "loud"), r#"level: `\"loud\"` is not a level"#),
        (quote!(level = 0), "level: `0` is not a level"),
        (quote!(level = 6), "level: `6` is not a level"),
        (quote!(level = Level::INFO + 1), "is not a level; write `level ="),
        (quote!(fields), "fields: write `fields(name = value"),
        (quote!(fields = "x"), "fields: write `fields(name = value"),
        (quote!(fields(x = )), "expected an expression"),
        (quote!(fields(x y)), "expected `,`"),
        (quote!(fields(5)), "fields: expected a field"),
        (quote!(fields(x = 1, x)), "fields: `x` is given twice"),
        (quote!(fields(a.b, %a.b)), "fields: `a.b` is given twice"),
        (quote!(fields(%"quoted")), "a field with this name needs a value"),
        (quote!(fields(route = 1)), "every handler's span has `route` already"),
        (quote!(fields(x), fields(y)), "`fields` is given twice"),
        (quote!(on_disconnect = "stop"), "`on_disconnect` is given twice"),
        (quote!(timeout = "1s", timeout = "2s"), "`timeout` is given twice"),
    ] {
        let expansion =
            expand(quote!(on_disconnect = "finish", #options), item.clone()).to_string();
        assert_eq!(expansion.matches("compile_error ! {").count(), 1, "{options}: {expansion}");
        assert!(expansion.contains(words), "{options}: {expansion}");
        assert!(expansion.contains(". finish_on_disconnect ()"), "{options}: {expansion}");
        assert!(expansion.contains("async fn f ()"), "{options}: {expansion}");
    }
    let wrong = expand(quote!(on_disconnect = "stop"), item).to_string();
    assert!(wrong.contains(r#"`stop` is neither \"cancel\" nor \"finish\""#), "{wrong}");
}
