//! The span around a handler, and its fields.

use std::fmt::{Debug, Display};

use tracing::Span;
use tracing::field::{Value, debug, display};
use tracing::level_filters::LevelFilter;

use crate::meta::HandlerMeta;
use crate::meta::callsite::OWN_FIELDS;
use crate::request::state::Call;

/// Returns the span of one run of a handler, disabled if no subscriber wants it.
pub(super) fn of(meta: &'static HandlerMeta, call: Option<&Call>) -> Span {
    // The cheap check first: without a subscriber no span is made.
    if LevelFilter::current() < meta.level {
        return Span::none();
    }
    let callsite = meta.callsite();
    let metadata = callsite.metadata();
    if !callsite.is_enabled() {
        return Span::none();
    }
    let fields = metadata.fields();
    let field = |name| fields.field(name).expect("listed in `OWN_FIELDS`");
    let [handler, request_id, connection_id, route, method, path] = OWN_FIELDS.map(field);
    let name: &dyn Value = &&*callsite.handler;
    let Some(call) = call else {
        return Span::new(metadata, &fields.value_set(&[(&handler, Some(name))]));
    };
    Span::new(
        metadata,
        &fields.value_set(&[
            (&handler, Some(name)),
            (&request_id, Some(&display(&call.id) as &dyn Value)),
            (&connection_id, Some(&call.connection.id.get())),
            (&route, Some(&&*call.route().label())),
            (&method, Some(&call.head.method.as_str())),
            (&path, Some(&call.head.path())),
        ]),
    )
}

/// A handler's span, for the values of `fields(..)`.
#[doc(hidden)]
#[derive(Debug)]
pub struct Fields<'a>(pub(super) &'a Span);

impl Fields<'_> {
    /// Records `name = value`.
    pub fn value(&self, name: &'static str, value: &(impl Value + ?Sized)) {
        self.0.record(name, value);
    }

    /// Records `name = %value`.
    pub fn display(&self, name: &'static str, value: &(impl Display + ?Sized)) {
        self.0.record(name, display(value));
    }

    /// Records `name = ?value`.
    pub fn debug(&self, name: &'static str, value: &(impl Debug + ?Sized)) {
        self.0.record(name, debug(value));
    }
}
