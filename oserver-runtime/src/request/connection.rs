//! Context of a connection, for the requests that came over it.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, Weak};
use std::task::Waker;

use http::Extensions;

use crate::request::out_of_band::{OutOfBand, OutOfBandSlot};
use crate::request::server::ServerContext;
use crate::request_id::{ConnectionId, IdPrefix};

/// The context of a connection, for the requests that came over it.
#[derive(Debug)]
pub(crate) struct ConnectionContext {
    pub(crate) server: Arc<ServerContext>,
    pub(crate) id: ConnectionId,
    /// The address of the other end, if it has one, and what the transport knows of it; once the handshake is over.
    peer: OnceLock<(Option<SocketAddr>, Extensions)>,
    /// Set when a response broke off: the connection must then be reset, not closed, or a client
    /// that reads until the end takes the part that it has for the whole.
    pub(crate) reset: AtomicBool,
    /// A response is being waited for: somebody must notice if the client goes.
    pub(crate) watched: AtomicBool,
    gone: AtomicBool,
    /// HTTP/1: the connection's task, which waits for every response of it. A task is one task for
    /// life, and so is its waker.
    task: OnceLock<Waker>,
    /// HTTP/1: who acts for that task while it is blocked.
    pub(crate) out_of_band: OutOfBandSlot,
    /// HTTP/2: what one stream does must not end the others, and hyper itself notices when a client
    /// goes.
    multiplexed: AtomicBool,
    /// HTTP/1.0, which knows no interim responses.
    http10: AtomicBool,
    /// A request was answered without its body having been read: the client may still be sending.
    unread: AtomicBool,
    /// It does not speak HTTP any more.
    upgraded: AtomicBool,
    /// Its handler has asked when the server stops, and ends it by itself.
    ends_itself: AtomicBool,
    /// The client does not take what is to be sent.
    unsent: AtomicBool,
    /// Requests that are not answered yet, or whose body is being sent.
    active: AtomicU32,
    /// Goes up with each request, and each part of a request's body that its handler takes.
    progress: AtomicU64,
    /// Requests that the client gave up before they were answered, less those that were answered.
    given_up: AtomicU32,
    /// The prefix of the ids of this connection's requests.
    pub(crate) id_prefix: IdPrefix,
}

impl ConnectionContext {
    pub(super) fn new(server: Arc<ServerContext>) -> Self {
        let id = ConnectionId::next();
        Self {
            server,
            id,
            peer: OnceLock::new(),
            reset: AtomicBool::new(false),
            watched: AtomicBool::new(false),
            gone: AtomicBool::new(false),
            task: OnceLock::new(),
            out_of_band: OutOfBandSlot::default(),
            multiplexed: AtomicBool::new(false),
            http10: AtomicBool::new(false),
            unread: AtomicBool::new(false),
            upgraded: AtomicBool::new(false),
            ends_itself: AtomicBool::new(false),
            unsent: AtomicBool::new(false),
            active: AtomicU32::new(0),
            progress: AtomicU64::new(0),
            given_up: AtomicU32::new(0),
            id_prefix: IdPrefix::of(id),
        }
    }

    /// The handshake is over: who is at the other end, and what the transport knows of it.
    pub(crate) fn set_peer(&self, peer: Option<SocketAddr>, extensions: Extensions) {
        self.peer.get_or_init(|| (peer, extensions));
    }

    pub(crate) fn peer(&self) -> Option<SocketAddr> {
        self.peer.get()?.0
    }

    /// Adds to a request what is known of the other end.
    pub(crate) fn extend(&self, request: &mut Extensions) {
        let Some((_peer, extensions)) = self.peer.get() else { return };
        request.extend(extensions.clone());
        #[cfg(feature = "connect-info")]
        if let Some(peer) = _peer {
            request.insert(axum::extract::ConnectInfo(*peer));
        }
    }

    /// The client has gone. Says whether that is news.
    ///
    /// This and [`Call::wait`](crate::request::state::Call::wait) are the two halves of a handshake: each side writes its own flag and then
    /// reads the other's, in one total order, so at least one of them sees both.
    pub(crate) fn set_gone(&self) -> bool {
        !self.gone.swap(true, Ordering::SeqCst)
    }

    pub(crate) fn is_gone(&self) -> bool {
        self.gone.load(Ordering::SeqCst)
    }

    /// HTTP/1: `waker` is the task's that waits for the responses, and `out_of_band` acts for it while it is blocked.
    pub(crate) fn set_task(&self, waker: &Waker, out_of_band: Weak<dyn OutOfBand>) {
        self.task.get_or_init(|| waker.clone());
        self.out_of_band.set(out_of_band);
    }

    /// Returns `true` if a handler may be polled in the task of the connection: another can answer for it, and nothing is
    /// left to be sent before the answer.
    pub(crate) fn may_poll_handler(&self) -> bool {
        self.out_of_band.is_set() && !self.unsent.load(Ordering::Relaxed)
    }

    /// The task that waits for every response, if there is one.
    pub(crate) fn task(&self) -> Option<&Waker> {
        self.task.get()
    }

    pub(crate) fn set_multiplexed(&self) {
        self.multiplexed.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_multiplexed(&self) -> bool {
        self.multiplexed.load(Ordering::Relaxed)
    }

    /// A response broke off. HTTP/2 says that of the stream.
    pub(crate) fn break_off(&self) {
        if !self.is_multiplexed() {
            self.reset.store(true, Ordering::Relaxed);
        }
    }

    /// Somebody waits for a response, or does so no more. HTTP/2 is read all the time.
    pub(crate) fn watch(&self, watched: bool) {
        if !self.is_multiplexed() {
            self.watched.store(watched, Ordering::Relaxed);
        }
    }

    pub(crate) fn set_http10(&self) {
        self.http10.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_http10(&self) -> bool {
        self.http10.load(Ordering::Relaxed)
    }

    pub(crate) fn set_unread(&self) {
        self.unread.store(true, Ordering::Relaxed);
    }

    pub(crate) fn has_unread(&self) -> bool {
        self.unread.load(Ordering::Relaxed) && !self.is_multiplexed()
    }

    pub(crate) fn set_upgraded(&self) {
        self.upgraded.store(true, Ordering::Relaxed);
    }

    pub(crate) fn set_ends_itself(&self) {
        self.ends_itself.store(true, Ordering::Relaxed);
    }

    pub(crate) fn ends_itself(&self) -> bool {
        self.ends_itself.load(Ordering::Relaxed)
    }

    pub(crate) fn set_unsent(&self, unsent: bool) {
        // Read first: it is so for hardly any write.
        if self.unsent.load(Ordering::Relaxed) != unsent {
            self.unsent.store(unsent, Ordering::Relaxed);
        }
    }

    /// No request is under way, and all answers were sent.
    pub(crate) fn is_idle(&self) -> bool {
        !self.has_requests() && !self.unsent.load(Ordering::Relaxed)
    }

    pub(crate) fn is_upgraded(&self) -> bool {
        self.upgraded.load(Ordering::Relaxed)
    }

    pub(crate) fn request_begins(&self) {
        self.active.fetch_add(1, Ordering::Relaxed);
        self.make_progress();
    }

    /// Its response was sent as far as the connection knows.
    pub(crate) fn request_ends(&self) {
        self.active.fetch_sub(1, Ordering::Release);
    }

    pub(crate) fn has_requests(&self) -> bool {
        self.active.load(Ordering::Acquire) > 0
    }

    pub(crate) fn make_progress(&self) {
        self.progress.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn progress(&self) -> u64 {
        self.progress.load(Ordering::Relaxed)
    }

    pub(crate) fn request_was_answered(&self) {
        let fewer = |given_up: u32| given_up.checked_sub(1);
        _ = self.given_up.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fewer);
    }

    pub(crate) fn request_was_given_up(&self) {
        self.given_up.fetch_add(1, Ordering::Relaxed);
    }

    /// More requests were given up by the client than the server puts up with.
    pub(crate) fn is_abused(&self) -> bool {
        self.given_up.load(Ordering::Relaxed) > self.server.network.http2_max_resets
    }
}
