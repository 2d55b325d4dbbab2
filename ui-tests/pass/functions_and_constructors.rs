//! Names that are a function's, a constructor's, a constant's or a variable's, in every place, generic or not.
#![deny(warnings, missing_docs, unreachable_code, clippy::pedantic)]
#![forbid(unsafe_code)]
#![allow(clippy::redundant_closure_for_method_calls, reason = "the shapes are the point")]

use std::convert::identity;
use std::marker::PhantomData;

struct Id(u32);
struct Wrap<T>(T);

enum Tree<T> {
    Leaf,
    Node(T),
}
use Tree::Leaf;

impl<T> Tree<T> {
    fn with(self, other: T) -> Self {
        match self {
            Leaf => Tree::Node(other),
            node @ Tree::Node(_) => node,
        }
    }
}

#[derive(Clone, Copy)]
enum Level {
    Low,
    High,
}

impl Level {
    const DEFAULT: Self = Level::Low;

    fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::High => "high",
        }
    }
}

struct Entry {
    name: &'static str,
}

const TABLE: &[Entry] = &[Entry { name: "a" }];
const LEVEL: Level = Level::High;

fn parse<T: std::str::FromStr + Default>(text: &str) -> T {
    text.parse().unwrap_or_default()
}

fn convert(text: String) -> String {
    text
}

fn pick(text: &String) -> &str {
    text
}

async fn step(text: String) -> String {
    text
}

async fn run<F: Fn(String) -> R, R: std::future::Future<Output = String>>(function: F) -> String {
    function(String::new()).await
}

fn apply(function: impl Fn(&str) -> u8) -> u8 {
    function("1")
}

fn take(_: Option<u8>) {}

#[oserver::handler]
async fn functions(body: String) -> String {
    let owned: Vec<String> = ["a"].into_iter().map(ToOwned::to_owned).collect();
    let texts: Vec<&str> = owned.iter().map(pick).collect();
    let numbers: Vec<u64> = [1_u32].into_iter().map(From::from).collect();
    let largest = [1, 2].into_iter().reduce(std::cmp::max).unwrap_or_else(Default::default);
    let same = identity;
    let chosen: fn(String) -> String = if body.is_empty() { convert } else { |text| text };
    let boxed: Box<dyn Fn(String) -> String + Send> = Box::new(convert);
    let options: Vec<Option<u8>> = vec![1].into_iter().map(Some).collect();
    let wrapped = options.len().checked_add(same(1)).map(|number| Wrap(Id(u32::try_from(number).unwrap_or(0))));
    let none: Option<u8> = None;
    let nothing: PhantomData<u8> = PhantomData;
    take(none.or(None));
    let tree = Leaf.with(1_u8).with(2);
    let tree = matches!(tree, Tree::Node(1));
    let names: String = TABLE.iter().map(|entry| entry.name).collect();
    let stepped = run(step).await;
    format!(
        "{}{}{largest}{:?}{}{names}{}{}{}{stepped}{}{:?}{tree}",
        texts.join(""),
        numbers.len(),
        nothing,
        boxed(chosen(body)),
        LEVEL.name(),
        Level::DEFAULT.name(),
        apply(parse),
        TABLE[0].name,
        wrapped.map(|wrap| wrap.0.0),
    )
}

macro_rules! bind {
    ($name:ident) => {
        let $name = std::sync::Mutex::new(1_u32);
    };
}

macro_rules! log {
    (WARN, $text:expr) => {
        $text.len()
    };
}

/// A lock of one request, however its variable came to be; and words that only a macro knows.
#[oserver::handler]
async fn variables() -> String {
    bind!(counter);
    let first = *counter.lock().expect("nobody panics with it");
    let lock = std::sync::Mutex::new(first);
    let read = |lock: &std::sync::Mutex<u32>| *lock.lock().expect("nobody panics with it");
    let (sender, mut receiver) = tokio::sync::mpsc::channel::<std::sync::Mutex<u32>>(1);
    drop(sender);
    let length = log!(WARN, "text");
    tokio::select! {
        message = receiver.recv() => match message {
            Some(lock) => read(&lock).to_string(),
            None => format!("{length}{}", read(&lock)),
        },
        () = std::future::pending() => String::new(),
    }
}

/// The names that may not exist here stand where they are not compiled.
#[oserver::handler]
async fn selected(body: String) -> String {
    std::cfg_select! {
        any() => { ABSENT.lock().to_string() }
        _ => { body }
    }
}

fn main() {
    let _: oserver::Router = oserver::Router::new()
        .route("/", oserver::routing::get(functions).post(variables).put(selected));
}
