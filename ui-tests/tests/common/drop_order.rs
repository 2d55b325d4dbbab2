// Included in a test of each edition, where `server` is the crate: the same handlers, whose temporaries are
// dropped by the rules of the edition that they were written in.

use std::sync::mpsc::{Sender, channel};

type Log = Sender<&'static str>;

struct Noisy(&'static str, Log);

impl Noisy {
    fn text(&self) -> String {
        self.0.to_owned()
    }
}

impl Drop for Noisy {
    fn drop(&mut self) {
        self.1.send(self.0).expect("the test listens");
    }
}

async fn plain(log: &Log) -> String {
    let _variable = Noisy("variable", log.clone());
    Noisy("temporary", log.clone()).text()
}

#[server::handler(crate = server)]
async fn annotated(log: &Log) -> String {
    let _variable = Noisy("variable", log.clone());
    Noisy("temporary", log.clone()).text()
}

#[server::handler(crate = server)]
async fn opaque(log: &Log) -> impl server::response::IntoResponse {
    let _variable = Noisy("variable", log.clone());
    Noisy("temporary", log.clone()).text()
}

#[server::handler(crate = server)]
fn without_async(log: Log) -> String {
    let _variable = Noisy("variable", log.clone());
    Noisy("temporary", log.clone()).text()
}

macro_rules! assert_order {
    ($expected:expr, $call:expr) => {{
        let (log, dropped) = channel();
        let call = $call;
        let _ = call(&log).await;
        drop(log);
        assert_eq!(dropped.iter().collect::<Vec<_>>(), $expected, stringify!($call));
    }};
}

#[tokio::test]
async fn tails_are_dropped_by_the_rules_of_the_edition() {
    assert_order!(EXPECTED, plain);
    assert_order!(EXPECTED, annotated);
    assert_order!(EXPECTED, opaque);
    assert_order!(EXPECTED, |log: &Log| without_async(log.clone()));
}
