// Included in a test of each edition, where `server` is the crate: the same handlers, whose temporaries are
// dropped by the rules of the edition that they were written in.

use std::sync::{Arc, Mutex};

type Entries = Arc<Mutex<Vec<&'static str>>>;
type Log = server::Trusted<Entries>;

struct Noisy(&'static str, Entries);

impl Noisy {
    fn text(&self) -> String {
        self.0.to_owned()
    }
}

impl Drop for Noisy {
    fn drop(&mut self) {
        self.1.lock().expect("nothing panics under it").push(self.0);
    }
}

async fn plain(log: &Log) -> String {
    let _variable = Noisy("variable", Arc::clone(log));
    Noisy("temporary", Arc::clone(log)).text()
}

#[server::handler(crate = server)]
async fn annotated(log: &Log) -> String {
    let _variable = Noisy("variable", Arc::clone(log));
    Noisy("temporary", Arc::clone(log)).text()
}

#[server::handler(crate = server)]
async fn opaque(log: &Log) -> impl server::response::IntoResponse {
    let _variable = Noisy("variable", Arc::clone(log));
    Noisy("temporary", Arc::clone(log)).text()
}

#[server::handler(crate = server)]
fn without_async(log: Log) -> String {
    let _variable = Noisy("variable", Arc::clone(&log));
    Noisy("temporary", Arc::clone(&log)).text()
}

macro_rules! assert_order {
    ($expected:expr, $call:expr) => {{
        let log = Log::new(Entries::default(), "the test's own");
        let call = $call;
        let _ = call(&log).await;
        assert_eq!(*log.lock().expect("nothing panics under it"), $expected, stringify!($call));
    }};
}

#[tokio::test]
async fn tails_are_dropped_by_the_rules_of_the_edition() {
    assert_order!(EXPECTED, plain);
    assert_order!(EXPECTED, annotated);
    assert_order!(EXPECTED, opaque);
    assert_order!(EXPECTED, |log: &Log| without_async(log.clone()));
}
