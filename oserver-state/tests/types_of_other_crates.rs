//! Declarations of the features for other crates' types: `cargo test -p oserver-state --all-features --tests`.
#![allow(unused_imports, unused_macros, dead_code, reason = "without features nothing is here")]

use oserver_state::{HandlerParam, HandlerState};

fn is_state<T: HandlerState + ?Sized>() {}

fn is_param<T: HandlerParam + ?Sized>() {}

/// Compiles for what is no state: for what is, nobody knows which of the two is meant.
macro_rules! is_no_state {
    ($($type:ty),* $(,)?) => {
        $(
            const _: () = {
                trait Question<A> {
                    fn ask() {}
                }
                impl<T: ?Sized> Question<()> for T {}
                struct State;
                impl<T: HandlerState + ?Sized> Question<State> for T {}
                let _ = <$type as Question<_>>::ask;
            };
        )*
    };
}

/// Compiles for what is called a lock when it is refused, and not merely something that nobody vouched for.
macro_rules! are_locks {
    ($($type:ty),* $(,)?) => {
        $(
            const _: () = {
                const fn is_lock<T: oserver_state::__private::IsLock + ?Sized>() {}
                is_lock::<$type>();
            };
        )*
    };
}

is_no_state!(std::sync::Mutex<u8>, std::cell::Cell<u8>, std::sync::Condvar, *const u8);

#[cfg(all(feature = "parking_lot-0_12", feature = "parking_lot-0_13"))]
mod parking_lot {
    use super::*;

    use parking_lot_0_12 as v012;
    use parking_lot_0_13 as v013;

    is_no_state!(v012::Mutex<u8>, v012::RwLock<u8>, v012::Condvar, v012::Once);
    is_no_state!(v013::Mutex<u8>, v013::RwLock<u8>, v013::Condvar, v013::Once);
    are_locks!(v012::Mutex<u8>, v012::RwLock<u8>, v012::FairMutex<u8>, v012::ReentrantMutex<u8>);
    are_locks!(v013::Mutex<u8>, v013::RwLock<u8>, v013::FairMutex<u8>, v013::ReentrantMutex<u8>);
    are_locks!(v012::Condvar, v012::Once, v013::Condvar, v013::Once);
}

#[cfg(feature = "dashmap-6")]
mod dashmap {
    use super::*;

    is_no_state!(::dashmap::DashMap<u8, u8>, ::dashmap::DashSet<u8>);

    #[test]
    fn what_is_only_read_is_state() {
        is_state::<::dashmap::ReadOnlyView<u8, String>>();
    }
}

#[cfg(feature = "async-lock-3")]
mod async_lock {
    use super::*;

    is_no_state!(::async_lock::Mutex<u8>, ::async_lock::RwLock<u8>, ::async_lock::Barrier);

    #[test]
    fn what_is_no_lock_is_state() {
        is_state::<::async_lock::Semaphore>();
        is_state::<::async_lock::OnceCell<u8>>();
    }
}

#[cfg(feature = "arc-swap-1")]
mod arc_swap {
    use super::*;
    use std::sync::{Arc, Mutex};

    is_no_state!(::arc_swap::ArcSwap<Mutex<u8>>, ::arc_swap::ArcSwapOption<Mutex<u8>>);

    #[test]
    fn a_pointer_is_as_its_value() {
        is_state::<::arc_swap::ArcSwap<String>>();
        is_state::<::arc_swap::ArcSwapOption<Vec<u8>>>();
    }
}

#[cfg(all(
    feature = "mongodb-3",
    feature = "url-2",
    feature = "moka-0_12",
    feature = "flume-0_11"
))]
#[test]
fn plain_values_are_state() {
    is_state::<uuid::Uuid>();
    is_state::<chrono::DateTime<chrono::Utc>>();
    is_state::<chrono::DateTime<chrono::FixedOffset>>();
    is_state::<chrono::NaiveDate>();
    is_state::<serde_json::Value>();
    is_state::<serde_json::Map<String, serde_json::Value>>();
    is_state::<time::OffsetDateTime>();
    is_state::<rust_decimal::Decimal>();
    is_state::<semver::VersionReq>();
    is_state::<Vec<ipnet::IpNet>>();
    is_state::<url::Url>();
    is_state::<mime::Mime>();
    is_state::<secrecy::SecretString>();
    is_state::<argon2_0_6::Argon2<'static>>();
    is_state::<argon2_0_5::Argon2<'static>>();
}

#[cfg(all(
    feature = "mongodb-3",
    feature = "url-2",
    feature = "moka-0_12",
    feature = "flume-0_11"
))]
mod containers {
    use super::*;
    use std::sync::{Arc, Mutex};

    #[test]
    fn containers_are_as_their_contents() {
        is_state::<indexmap::IndexMap<String, u8>>();
        is_state::<smallvec::SmallVec<[u8; 4]>>();
        is_state::<hashbrown_0_17::HashMap<String, u8, rustc_hash::FxBuildHasher>>();
        is_state::<hashbrown_0_15::HashSet<String, ahash::RandomState>>();
        is_state::<once_cell::sync::OnceCell<String>>();
        is_state::<once_cell::sync::Lazy<String>>();
    }

    is_no_state!(indexmap::IndexMap<String, Mutex<u8>, ahash::RandomState>);
    is_no_state!(smallvec::SmallVec<[Arc<Mutex<u8>>; 4]>);
    is_no_state!(hashbrown_0_17::HashMap<String, Mutex<u8>, ahash::RandomState>);
    is_no_state!(once_cell::sync::OnceCell<Mutex<u8>>, once_cell::sync::Lazy<Mutex<u8>>);
    is_no_state!(moka::future::Cache<String, Arc<Mutex<u8>>>);
}

#[cfg(all(
    feature = "mongodb-3",
    feature = "url-2",
    feature = "moka-0_12",
    feature = "flume-0_11"
))]
mod channels {
    use super::*;
    use std::sync::Mutex;

    #[test]
    fn senders_are_state_whatever_they_send() {
        is_state::<flume_0_12::Sender<Mutex<u8>>>();
        is_state::<flume_0_11::Sender<Mutex<u8>>>();
        is_state::<crossbeam_channel::Sender<Mutex<u8>>>();
        is_state::<async_channel::Sender<Mutex<u8>>>();
        is_state::<kanal::AsyncSender<Mutex<u8>>>();
        is_state::<flume_0_12::Receiver<u8>>();
    }

    is_no_state!(flume_0_12::Receiver<Mutex<u8>>, crossbeam_channel::Receiver<Mutex<u8>>);
    is_no_state!(async_channel::Receiver<Mutex<u8>>, kanal::Receiver<Mutex<u8>>);
}

#[cfg(feature = "axum-0_8-ws")]
#[test]
fn axum_ws() {
    use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};

    is_no_state!(WebSocket);
    is_state::<(Message, Utf8Bytes, CloseFrame)>();
}

#[cfg(feature = "axum-extra-0_12")]
#[test]
#[allow(deprecated, reason = "they are extractors for as long as they are there")]
fn extractors_are_parameters() {
    use std::string::String as Any;

    use axum_extra::extract::{self, cookie::Key};

    is_param::<axum_extra::TypedHeader<axum_extra::headers::UserAgent>>();
    is_state::<axum_extra::headers::UserAgent>();
    is_state::<axum_extra::headers::Authorization<axum_extra::headers::authorization::Bearer>>();
    is_param::<extract::CookieJar>();
    is_param::<extract::PrivateCookieJar<Key>>();
    is_param::<extract::SignedCookieJar<Key>>();
    is_param::<extract::Cached<extract::Query<Any>>>();
    is_param::<extract::Form<Any>>();
    is_param::<extract::Host>();
    is_param::<extract::JsonDeserializer<Any>>();
    is_param::<extract::JsonLines<Any>>();
    is_param::<extract::Multipart>();
    is_param::<extract::OptionalPath<Any>>();
    is_param::<extract::OptionalQuery<Any>>();
    is_param::<extract::Scheme>();
    is_param::<extract::WithRejection<extract::Query<Any>, Any>>();
    is_param::<axum_extra::protobuf::Protobuf<()>>();
    is_param::<axum_extra::either::Either<extract::CookieJar, extract::Query<Any>>>();
}
