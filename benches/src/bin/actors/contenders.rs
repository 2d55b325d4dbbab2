//! The same counter, owned in five ways.

use std::fmt::{self, Display, Formatter};
use std::future::Future;
use std::sync::Arc;

use kameo::actor::Spawn;
use ractor::{Actor as _, ActorProcessingErr, ActorRef, RpcReplyPort};
use tokio::sync::{Mutex, mpsc, oneshot};

/// How many calls may wait, where that is asked.
const MAILBOX: usize = 1024;

/// A measurement of a call; `Measured` is the type of its result.
pub trait Measure {
    type Measured;

    async fn measure<C, F>(self, call: C) -> Self::Measured
    where
        C: Fn() -> F + Clone + Send + 'static,
        F: Future<Output = u64> + Send;
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Contender {
    Oserver,
    Kameo,
    Ractor,
    ByHand,
    Mutex,
}

impl Contender {
    pub const ALL: [Self; 5] =
        [Self::Oserver, Self::Kameo, Self::Ractor, Self::ByHand, Self::Mutex];

    /// Starts it and has its calls measured.
    pub async fn run<M: Measure>(self, measure: M) -> M::Measured {
        match self {
            Self::Oserver => oserver(measure).await,
            Self::Kameo => kameo(measure).await,
            Self::Ractor => ractor(measure).await,
            Self::ByHand => by_hand(measure).await,
            Self::Mutex => mutex(measure).await,
        }
    }
}

impl Display for Contender {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Oserver => "oserver",
            Self::Kameo => "kameo",
            Self::Ractor => "ractor",
            Self::ByHand => "mpsc + oneshot",
            Self::Mutex => "tokio Mutex",
        })
    }
}

#[derive(Default)]
struct Counter(u64);

#[oserver::actor]
impl Counter {
    pub fn add(&mut self) -> u64 {
        self.0 += 1;
        self.0
    }
}

async fn oserver<M: Measure>(measure: M) -> M::Measured {
    let counter = oserver::Supervisor::new().mailbox_capacity(MAILBOX).supervise(Counter::default);
    measure
        .measure(move || {
            let counter = counter.clone();
            async move { counter.add().await.expect("an answer") }
        })
        .await
}

#[derive(Default, kameo::Actor)]
struct KameoCounter(u64);

struct Add;

impl kameo::message::Message<Add> for KameoCounter {
    type Reply = u64;

    async fn handle(&mut self, _: Add, _: &mut kameo::message::Context<Self, u64>) -> u64 {
        self.0 += 1;
        self.0
    }
}

async fn kameo<M: Measure>(measure: M) -> M::Measured {
    let counter =
        KameoCounter::spawn_with_mailbox(KameoCounter::default(), kameo::mailbox::bounded(MAILBOX));
    measure
        .measure(move || {
            let counter = counter.clone();
            async move { counter.ask(Add).await.expect("an answer") }
        })
        .await
}

struct RactorCounter;

enum RactorMessage {
    Add(RpcReplyPort<u64>),
}

impl ractor::Actor for RactorCounter {
    type Msg = RactorMessage;
    type State = u64;
    type Arguments = ();

    async fn pre_start(&self, _: ActorRef<Self::Msg>, _: ()) -> Result<u64, ActorProcessingErr> {
        Ok(0)
    }

    async fn handle(
        &self,
        _: ActorRef<Self::Msg>,
        RactorMessage::Add(reply): RactorMessage,
        state: &mut u64,
    ) -> Result<(), ActorProcessingErr> {
        *state += 1;
        reply.send(*state)?;
        Ok(())
    }
}

async fn ractor<M: Measure>(measure: M) -> M::Measured {
    let (counter, _task) = RactorCounter::spawn(None, RactorCounter, ()).await.expect("it starts");
    let own = counter.clone();
    let measured = measure
        .measure(move || {
            let counter = own.clone();
            async move {
                match counter.call(RactorMessage::Add, None).await {
                    Ok(ractor::rpc::CallResult::Success(number)) => number,
                    _ => panic!("no answer"),
                }
            }
        })
        .await;
    counter.stop(None);
    measured
}

async fn by_hand<M: Measure>(measure: M) -> M::Measured {
    let (calls, mut mailbox) = mpsc::channel::<oneshot::Sender<u64>>(MAILBOX);
    tokio::spawn(async move {
        let mut counter = 0;
        while let Some(reply) = mailbox.recv().await {
            counter += 1;
            _ = reply.send(counter);
        }
    });
    measure
        .measure(move || {
            let calls = calls.clone();
            async move {
                let (reply, answer) = oneshot::channel();
                calls.send(reply).await.expect("it runs");
                answer.await.expect("an answer")
            }
        })
        .await
}

async fn mutex<M: Measure>(measure: M) -> M::Measured {
    let counter = Arc::new(Mutex::new(0));
    measure
        .measure(move || {
            let counter = Arc::clone(&counter);
            async move {
                let mut counter = counter.lock().await;
                *counter += 1;
                *counter
            }
        })
        .await
}
