//! Context of a connection, for the requests that came over it.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, Weak};
use std::task::Waker;

use http::Extensions;

use crate::request::out_of_band_slot::{OutOfBand, OutOfBandSlot};
use crate::request::server::ServerContext;
use crate::request_id::{ConnectionId, IdPrefix};
use crate::sync::Flag;

/// The context of a connection, for the requests that came over it.
#[derive(Debug)]
pub(crate) struct ConnectionContext {
    pub(crate) server: Arc<ServerContext>,
    pub(crate) id: ConnectionId,
    /// The address of the peer, if it has one, and the transport's extensions; set after the handshake.
    peer: OnceLock<(Option<SocketAddr>, Extensions)>,
    /// Set when a response broke off: the connection must then be reset, not closed, or a client
    /// that reads until the end takes the part that it has for the whole.
    pub(crate) reset: Flag,
    /// A response is being waited for: the server must notice if the client leaves.
    pub(crate) watched: Flag,
    gone: AtomicBool,
    /// HTTP/1: the connection's task, which waits for every response of it. A task is one task for
    /// life, and so is its waker.
    task: OnceLock<Waker>,
    /// HTTP/1: the substitute of that task while it is blocked.
    pub(crate) out_of_band: OutOfBandSlot,
    /// HTTP/2: one stream must not end the others, and hyper itself notices when a client leaves.
    pub(crate) multiplexed: Flag,
    /// HTTP/1.0, which knows no interim responses.
    pub(crate) http10: Flag,
    /// A request was answered without its body having been read: the client may still be sending.
    pub(crate) unread: Flag,
    /// The connection no longer speaks HTTP.
    pub(crate) upgraded: Flag,
    /// Its handler has taken the shutdown signal, and ends the connection itself.
    pub(crate) ends_itself: Flag,
    /// The client does not take the bytes that are to be sent.
    pub(crate) unsent: Flag,
    /// Requests without a response, or whose response body is being sent.
    active: AtomicU32,
    /// Goes up with each request, and each part of a request's body that its handler takes.
    progress: AtomicU64,
    /// Requests that the client cancelled before their response, minus those with a response.
    resets: AtomicU32,
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
            reset: Flag::default(),
            watched: Flag::default(),
            gone: AtomicBool::new(false),
            task: OnceLock::new(),
            out_of_band: OutOfBandSlot::default(),
            multiplexed: Flag::default(),
            http10: Flag::default(),
            unread: Flag::default(),
            upgraded: Flag::default(),
            ends_itself: Flag::default(),
            unsent: Flag::default(),
            active: AtomicU32::new(0),
            progress: AtomicU64::new(0),
            resets: AtomicU32::new(0),
            id_prefix: IdPrefix::of(id),
        }
    }

    /// Sets the peer and the transport's extensions after the handshake.
    pub(crate) fn set_peer(&self, peer: Option<SocketAddr>, extensions: Extensions) {
        self.peer.get_or_init(|| (peer, extensions));
    }

    pub(crate) fn peer(&self) -> Option<SocketAddr> {
        self.peer.get()?.0
    }

    /// Adds the peer and the transport's extensions to a request.
    pub(crate) fn extend(&self, request: &mut Extensions) {
        let Some((_peer, extensions)) = self.peer.get() else { return };
        request.extend(extensions.clone());
        #[cfg(feature = "connect-info")]
        if let Some(peer) = _peer {
            request.insert(axum::extract::ConnectInfo(*peer));
        }
    }

    /// Notes that the client has left. Returns `true` if that is new.
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

    /// Returns `true` if the connection task may poll a handler: another task can answer for it, and nothing is left
    /// to be sent before the response.
    pub(crate) fn may_poll_handler(&self) -> bool {
        self.out_of_band.is_set() && !self.unsent.get()
    }

    /// Returns the waker of the task that waits for every response, if there is one.
    pub(crate) fn task(&self) -> Option<&Waker> {
        self.task.get()
    }

    /// Breaks the response off. HTTP/2 resets the stream.
    pub(crate) fn break_off(&self) {
        if !self.multiplexed.get() {
            self.reset.set(true);
        }
    }

    /// Sets whether a response is being waited for. HTTP/2 is read all the time.
    pub(crate) fn watch(&self, watched: bool) {
        if !self.multiplexed.get() {
            self.watched.set(watched);
        }
    }

    pub(crate) fn has_unread(&self) -> bool {
        self.unread.get() && !self.multiplexed.get()
    }

    /// Returns `true` if no request is in flight and all responses were sent.
    pub(crate) fn is_idle(&self) -> bool {
        !self.has_requests() && !self.unsent.get()
    }

    pub(crate) fn request_begins(&self) {
        self.active.fetch_add(1, Ordering::Relaxed);
        self.make_progress();
    }

    /// Ends a request whose response was sent, as far as the connection knows.
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
        let fewer = |resets: u32| resets.checked_sub(1);
        _ = self.resets.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fewer);
    }

    pub(crate) fn request_was_reset(&self) {
        self.resets.fetch_add(1, Ordering::Relaxed);
    }

    /// Returns `true` if the client cancelled more requests than the server allows.
    pub(crate) fn is_abused(&self) -> bool {
        self.resets.load(Ordering::Relaxed) > self.server.network.http2_max_resets
    }
}
