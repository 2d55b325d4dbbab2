//! Functions and modules inside of a handler's body: the body calls them.

use std::sync::{Mutex, OnceLock};

static COUNT: Mutex<u32> = Mutex::new(0);
static OTHER: Mutex<u32> = Mutex::new(0);

#[oserver::handler]
async fn function() -> String {
    fn bump() -> String {
        format!("{:?}", COUNT.lock())
    }
    bump()
}

#[oserver::handler]
async fn module() -> String {
    mod inner {
        pub fn bump() -> String {
            format!("{:?}", super::COUNT.lock())
        }
    }
    inner::bump()
}

#[oserver::handler]
async fn method() -> String {
    struct Local;
    impl Local {
        fn bump(&self) -> String {
            format!("{:?}", COUNT.lock())
        }
    }
    Local.bump()
}

#[oserver::handler]
async fn made_on_first_use() -> String {
    fn store() -> &'static Mutex<u32> {
        static STORE: OnceLock<Mutex<u32>> = OnceLock::new();
        STORE.get_or_init(Mutex::default)
    }
    format!("{:?}", store().lock())
}

/// A parameter of the same name elsewhere says nothing of the static.
#[oserver::handler]
async fn same_name() -> String {
    mod inner {
        pub fn id(other: u32) -> u32 {
            other
        }
    }
    format!("{:?}{}", OTHER.lock(), inner::id(1))
}

/// Nothing can be asked in a constant, and its items are known nowhere else.
#[oserver::handler]
async fn block_of_a_constant() -> String {
    let lock = const {
        static INNER: Mutex<u32> = Mutex::new(0);
        &INNER
    };
    format!("{:?}", lock.lock())
}

#[oserver::handler]
async fn constant_function() -> String {
    const fn inner() -> &'static Mutex<u32> {
        static INNER: Mutex<u32> = Mutex::new(0);
        &INNER
    }
    format!("{:?}", inner().lock())
}

#[oserver::handler]
async fn function_in_a_constant() -> String {
    const BUMP: fn() -> String = {
        fn bump() -> String {
            static INNER: Mutex<u32> = Mutex::new(0);
            format!("{:?}", INNER.lock())
        }
        bump
    };
    BUMP()
}

#[oserver::handler]
async fn closure_in_a_static() -> String {
    static BUMP: fn() -> String = || format!("{:?}", COUNT.lock());
    BUMP()
}

fn main() {}
