//! The grammar of the options, by its rules: what is right is read whatever stands beside it and in
//! whatever order, and each thing that is wrong is one error.

use std::time::Duration;

use proc_macro2::TokenStream;
use proptest::prelude::*;
use quote::ToTokens;

use super::options::{OnDisconnect, Options, Timeout};
use super::span::Level;
use crate::duration;
use crate::output::Errors;

/// Units, and how many milliseconds they have.
const UNITS: [(&str, u64); 4] = [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000)];
/// One less is the longest that the runtime can count, in nanoseconds.
const TOO_LONG: u128 = u64::MAX as u128;

/// Reads options, and counts what is wrong with them.
fn read(options: &[String]) -> (Options, usize) {
    let tokens: TokenStream = options.join(", ").parse().expect("tokens");
    let mut errors = Errors::default();
    let options = Options::parse(tokens, &mut errors);
    (options, errors.into_inner().map_or(0, |errors| errors.into_iter().count()))
}

/// The values of all options; `None` where one is not given.
#[derive(Clone, Debug)]
struct Values {
    timeout: Option<Option<u64>>,
    name: Option<String>,
    level: Option<&'static str>,
    finish: Option<bool>,
    krate: Option<&'static str>,
    fields: bool,
}

fn values() -> impl Strategy<Value = Values> {
    let timeout = prop::option::of(prop::option::of(1..1_000_000_u64));
    let name = prop::option::of("[a-zA-Z0-9 ,=()/._-]{1,20}");
    let level =
        prop::option::of(prop::sample::select(vec!["trace", "debug", "info", "warn", "error"]));
    let krate = prop::option::of(prop::sample::select(vec!["a", "a::b", "::a::b::c", "crate::d"]));
    let finish = prop::option::of(any::<bool>());
    (timeout, name, level, finish, krate, any::<bool>()).prop_map(
        |(timeout, name, level, finish, krate, fields)| Values {
            timeout,
            name,
            level,
            finish,
            krate,
            fields,
        },
    )
}

impl Values {
    fn written(&self) -> Vec<String> {
        let timeout = self.timeout.map(|after| match after {
            Some(milliseconds) => format!("timeout = \"{milliseconds}ms\""),
            None => "timeout = \"never\"".to_owned(),
        });
        let finish = self.finish.map(|finish| if finish { "finish" } else { "cancel" });
        [
            timeout,
            self.name.as_ref().map(|name| format!("name = {name:?}")),
            self.level.map(|level| format!("level = \"{level}\"")),
            finish.map(|what| format!("on_disconnect = \"{what}\"")),
            self.krate.map(|path| format!("crate = {path}")),
            self.fields.then(|| "fields(id = %id, later)".to_owned()),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// They are what was read.
    fn hold_in(&self, read: &Options) {
        let timeout = self.timeout.map(|after| {
            after.map_or(Timeout::Never, |ms| Timeout::After(Duration::from_millis(ms)))
        });
        assert_eq!(read.timeout, timeout);
        let name = read.name.as_ref().map(|name| name.0.to_string());
        assert_eq!(name, self.name.as_ref().map(|name| format!("{name:?}")));
        let level = match &read.level {
            Some(Level::Named(name, _)) => Some(name.to_lowercase()),
            Some(Level::Constant(path)) => panic!("{}", path.to_token_stream()),
            None => None,
        };
        assert_eq!(level.as_deref(), self.level);
        let finish =
            if self.finish == Some(true) { OnDisconnect::Finish } else { OnDisconnect::Cancel };
        assert_eq!(read.on_disconnect, finish);
        let krate = read.krate.as_ref().map(|krate| krate.0.to_token_stream().to_string());
        assert_eq!(krate.map(|path| path.replace(' ', "")).as_deref(), self.krate);
        assert_eq!(read.fields.names().is_some(), self.fields);
    }
}

/// Options of which each is wrong by itself.
const WRONG: [&str; 15] = [
    "timeout = 3",
    "timeout(\"2s\")",
    "level = \"loud\"",
    "level = 0",
    "name = \"\"",
    "name = 1.5",
    "on_disconnect = \"wait\"",
    "on_disconnect = true",
    "fields = 1",
    "crate = 4",
    "retries = 3",
    "timeout",
    "a::b = 1",
    "\"2s\"",
    "= 3",
];

fn wrong() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(WRONG.to_vec()).prop_map(str::to_owned),
        "timeout = \"[0-9]{0,3}[a-z ]{4}\"",
    ]
}

proptest! {
    #[test]
    fn a_whole_number_and_its_unit_are_a_duration_if_the_runtime_can_count_it(
        number: u64,
        zeros in 0..4_usize,
        unit in prop::sample::select(UNITS.to_vec()),
    ) {
        // As many large ones as small ones.
        let number = number >> (number % 64);
        let text = format!("{}{number}{}", "0".repeat(zeros), unit.0);
        let milliseconds = u128::from(number) * u128::from(unit.1);
        let nanoseconds = milliseconds * 1_000_000;
        match duration::parse(&text) {
            Ok(duration) => {
                prop_assert_eq!(duration.as_millis(), milliseconds);
                prop_assert!(nanoseconds > 0 && nanoseconds < TOO_LONG, "{}", text);
            }
            Err(message) => {
                prop_assert!(nanoseconds == 0 || nanoseconds >= TOO_LONG, "{}: {}", text, message);
                prop_assert!(message.contains(&text), "{}", message);
            }
        }
    }

    #[test]
    fn nothing_else_is_a_duration(text in "[0-9]{0,3}\\PC{0,5}") {
        let digits = text.trim_start_matches(|letter: char| letter.is_ascii_digit());
        let has_number = digits.len() < text.len();
        let has_unit = UNITS.iter().any(|(unit, _)| *unit == digits);
        let is_duration = has_number && has_unit && text.contains(|digit| matches!(digit, '1'..='9'));
        prop_assert_eq!(duration::parse(&text).is_ok(), is_duration, "{}", text);
    }

    #[test]
    fn what_is_right_holds_in_any_order(
        (values, order) in values().prop_flat_map(|values| {
            let order = Just(values.written()).prop_shuffle();
            (Just(values), order)
        }),
    ) {
        let (read, errors) = read(&order);
        prop_assert_eq!(errors, 0, "{:?}", order);
        values.hold_in(&read);
    }

    #[test]
    fn each_thing_that_is_wrong_is_one_error_and_the_rest_holds(
        values in values(),
        wrong in prop::collection::vec(wrong(), 1..4),
        places in prop::collection::vec(any::<prop::sample::Index>(), 3),
    ) {
        let mut options = values.written();
        for (wrong, place) in wrong.iter().zip(&places) {
            options.insert(place.index(options.len() + 1), wrong.clone());
        }
        let (read, errors) = read(&options);
        prop_assert_eq!(errors, wrong.len(), "{:?}", options);
        values.hold_in(&read);
    }

    #[test]
    fn the_second_of_two_is_one_error_and_the_first_holds(
        values in values(),
        other in values(),
    ) {
        let first = values.written();
        let name = |option: &String| option.split([' ', '(']).next().unwrap_or_default().to_owned();
        let names: Vec<_> = first.iter().map(name).collect();
        let second: Vec<_> =
            other.written().into_iter().filter(|option| names.contains(&name(option))).collect();
        let (read, errors) = read(&[&first[..], &second].concat());
        prop_assert_eq!(errors, second.len(), "{:?} {:?}", first, second);
        values.hold_in(&read);
    }
}
