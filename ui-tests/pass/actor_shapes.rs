//! Shapes that an actor's methods may have.
#![deny(warnings, missing_docs, unreachable_code, clippy::pedantic)]
#![forbid(unsafe_code)]
#![allow(clippy::unused_async, clippy::unused_self, clippy::must_use_candidate, clippy::needless_pass_by_value, reason = "shapes")]
#![allow(clippy::missing_errors_doc, clippy::trivially_copy_pass_by_ref, clippy::needless_arbitrary_self_type, reason = "shapes")]
#![allow(clippy::return_self_not_must_use, clippy::needless_lifetimes, clippy::redundant_closure_for_method_calls, reason = "shapes")]
#![allow(missing_docs, reason = "of the shapes themselves")]

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cache<T> {
    entries: HashMap<String, T>,
}

/// Private, and yet in a command.
#[derive(Debug)]
struct Secret(u32);

// A generic type is owned as one of its own.
#[oserver::actor(handle = Texts, mailbox_capacity = 8, timeout = "250ms", stop = flush)]
impl Cache<String> {
    pub const LIMIT: usize = 10;

    pub fn new() -> Self {
        Self::default()
    }

    /// Keeps its documentation.
    pub fn put(&mut self, key: String, mut value: String) -> Option<String> {
        value.truncate(Self::LIMIT);
        self.entries.insert(key, value)
    }

    pub async fn get(&self, key: String) -> Option<String> {
        self.entries.get(&key).cloned()
    }

    pub fn same(self: &Self, other: Self) -> bool {
        *self == other
    }

    pub fn copy(&self) -> Self {
        self.clone()
    }

    pub fn add(&mut self, (key, value): (String, String), _: u8) {
        self.entries.insert(key, value);
    }

    pub fn fallible(&mut self) -> Result<(), fmt::Error> {
        Err(fmt::Error)
    }

    pub fn borrowed_for_ever(&self, key: &'static str) -> Cow<'static, str> {
        key.into()
    }

    pub fn takes_a_function(&self, edit: fn(&str) -> String) -> Vec<String> {
        self.entries.values().map(|value| edit(value)).collect()
    }

    pub fn takes_a_box(&mut self, edit: Box<dyn FnMut(&mut String) + Send>) {
        self.entries.values_mut().for_each(edit);
    }

    pub(crate) fn r#move(&mut self, secret: Secret) -> u32 {
        secret.0
    }

    #[cfg(any())]
    pub fn not_there(&mut self, argument: DoesNotExist) -> DoesNotExist {
        argument
    }

    #[deprecated]
    pub fn old(&self) {}

    // The actor's own: whatever it likes.
    fn generic<'a, K: AsRef<str>>(&'a mut self, key: K) -> Option<&'a mut String> {
        self.entries.get_mut(key.as_ref())
    }

    fn into_inner(self) -> HashMap<String, String> {
        self.entries
    }

    pub fn names(keys: &[String]) -> impl Iterator<Item = &String> {
        keys.iter()
    }

    async fn flush(&mut self) {
        self.generic("");
    }
}

#[derive(Clone, oserver::HandlerState)]
struct App {
    texts: Texts,
}

#[oserver::handler]
async fn get(oserver::extract::State(app): oserver::extract::State<App>) -> oserver::Result<String> {
    app.texts.put("key".to_owned(), "value".to_owned()).await?;
    Ok(app.texts.get("key".to_owned()).await?.unwrap_or_default())
}

fn factories() {
    let _: Texts = oserver::supervise(Cache::<String>::new);
    let _: Texts = oserver::supervise(|| Ok::<_, fmt::Error>(Cache::<String>::new()));
    let _: Texts = oserver::supervise(|| async { Cache::<String>::new() });
    let _: Texts = oserver::supervise(|| async { Ok::<_, fmt::Error>(Cache::<String>::new()) });
    let kept = String::new();
    let _: Texts = oserver::Supervisor::new().name("texts").supervise(move || {
        let kept = kept.clone();
        async move { Err::<Cache<String>, Box<dyn std::error::Error + Send + Sync>>(kept.into()) }
    });
}

fn is_shared<T: Clone + fmt::Debug + Send + Sync + oserver::HandlerState>() {}

#[oserver::main]
async fn main() {
    is_shared::<Texts>();
    let cache = oserver::supervise(Cache::<String>::new);
    assert_eq!(cache.put("key".to_owned(), "a long value".to_owned()).await, Ok(None));
    assert_eq!(cache.get("key".to_owned()).await, Ok(Some("a long val".to_owned())));
    assert_eq!(cache.add(("a".to_owned(), "b".to_owned()), 0).await, Ok(()));
    assert_eq!(cache.fallible().await, Ok(Err(fmt::Error)));
    assert_eq!(cache.r#move(Secret(1)).await, Ok(1));
    assert_eq!(cache.borrowed_for_ever("key").await, Ok("key".into()));
    assert_eq!(cache.takes_a_function(|text| text.to_uppercase()).await.map(|all| all.len()), Ok(2));
    assert_eq!(cache.takes_a_box(Box::new(|text| text.clear())).await, Ok(()));
    let copy = cache.copy().await.expect("an answer");
    assert_eq!(cache.same(copy.clone()).await, Ok(true));
    assert_eq!(copy.into_inner().len(), 2);
    let _ = (factories, get, Cache::<String>::names, Cache::<String>::not_there_either);
}

impl Cache<String> {
    fn not_there_either(&self) {}
}
