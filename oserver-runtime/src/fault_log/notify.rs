//! Reports of faults to the user's callback.

use std::sync::Arc;

use crate::fault_log::stack_record::StackRequest;
use crate::health::callbacks::{Fault, FaultKind};
use crate::meta::HandlerMeta;
use crate::request::state::Call;

/// The details of a fault for the callback, in addition to the request.
#[derive(Default)]
pub(crate) struct Event<'a> {
    pub(crate) location: Option<&'a str>,
    pub(crate) activity: Option<String>,
    pub(crate) stack: Option<&'a StackRequest>,
}

/// Reports a fault to the user's callback, if there is one.
pub(crate) fn notify(call: &Call, kind: FaultKind, message: &str, event: Event<'_>) {
    let later = event.stack.map(|request| Arc::clone(&request.later));
    let describe = || Fault {
        kind,
        message: message.to_owned(),
        location: event.location.map(str::to_owned),
        activity: event.activity,
        stack: None,
        route: call.route().label(),
        handler: call.handler().map(HandlerMeta::path),
        request_id: call.id.clone(),
        client: call.client(),
        trace_id: call.trace_id().map(str::to_owned),
        method: call.head.method.clone(),
        path: call.head.path().to_owned(),
        missed: 0,
    };
    call.server.health.observer.fault(later, describe);
}
