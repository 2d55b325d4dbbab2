//! Closing of a connection without a request when its server closes.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::sync::futures::OwnedNotified;
use tokio::time::Sleep;

use crate::request::connection::ConnectionContext;
use crate::request::server::Phase;

/// How long a connection must be idle until it is closed: its last response may not have reached the protocol yet.
const IDLE_FOR: Duration = Duration::from_millis(50);

/// Closes a connection that is idle. HTTP/2 would wait for a ping's answer (hyper#4170), and HTTP/1 for the
/// rest of a head that has begun.
#[derive(Default)]
pub(super) struct IdleClose(Option<Pin<Box<Sleep>>>);

impl IdleClose {
    /// Call it after a poll of the protocol, which sends all that can be sent. Ready when the connection must be
    /// closed.
    pub(super) fn poll(
        &mut self,
        connection: &ConnectionContext,
        context: &mut Context<'_>,
    ) -> Poll<()> {
        if connection.server.phase() < Phase::Closing || !connection.is_idle() {
            self.0 = None;
            return Poll::Pending;
        }
        let timer = self.0.get_or_insert_with(|| Box::pin(tokio::time::sleep(IDLE_FOR)));
        timer.as_mut().poll(context)
    }
}

/// Waits until the server closes, for a connection that does not speak HTTP any more.
#[derive(Default)]
pub(super) struct ServerClosing(Option<Pin<Box<OwnedNotified>>>);

impl ServerClosing {
    /// Ready when a reader must find the end of the connection. If the handler has taken the shutdown signal, the
    /// handler ends the connection itself.
    pub(super) fn poll(
        &mut self,
        connection: &ConnectionContext,
        context: &mut Context<'_>,
    ) -> Poll<()> {
        let server = &connection.server;
        loop {
            let changed = || Box::pin(Arc::clone(&server.phase_changed).notified_owned());
            let changed = self.0.get_or_insert_with(changed).as_mut().poll(context);
            // The look comes after that: the phase may have changed before.
            let phase = server.phase();
            if phase == Phase::Forced || (phase == Phase::Closing && !connection.ends_itself.get())
            {
                return Poll::Ready(());
            }
            ready!(changed);
            self.0 = None;
        }
    }
}
