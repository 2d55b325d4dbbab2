//! Takes events and spans in.

use std::sync::Arc;

use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};
use tracing_subscriber::layer::{Context, Layer};
use tracing_subscriber::registry::LookupSpan;

use crate::fault_log::sink;
use crate::log::fields::Fields;
use crate::log::line::{Line, Span};
use crate::meta::callsite::OWN_FIELDS;
use crate::request::current;
use crate::request::state::Call;

/// Each event becomes a line.
pub(crate) struct Lines;

/// The request of a guard's span. Its fields are read only when a line needs them.
struct Of(Arc<Call>);

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Lines {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let is_guards = is_guards(attributes.metadata());
        let mut fields = Fields { without_own: is_guards, ..Fields::default() };
        attributes.record(&mut fields);
        let mut extensions = span.extensions_mut();
        if !(is_guards && fields.map.is_empty()) {
            extensions.insert(fields);
        }
        if is_guards && let Some(call) = current::get() {
            extensions.insert(Of(call));
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let mut extensions = span.extensions_mut();
        if extensions.get_mut::<Fields>().is_none() {
            // The span is a handler's, which had no fields until now.
            extensions.insert(Fields { without_own: true, ..Fields::default() });
        }
        if let Some(fields) = extensions.get_mut::<Fields>() {
            values.record(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let mut spans = Vec::new();
        let mut of = None;
        for span in context.event_scope(event).into_iter().flatten() {
            let extensions = span.extensions();
            if let Some(Of(call)) = extensions.get() {
                of.get_or_insert_with(|| Arc::clone(call));
            }
            if let Some(fields) = extensions.get::<Fields>() {
                spans.push(Span { name: span.name(), fields: fields.map.clone() });
            }
        }
        spans.reverse();
        // A detached task has the handler's span; code outside of a span has the call of its thread.
        let call = of.or_else(current::get);
        let line = Line { metadata: event.metadata(), fields: fields.map, spans, call };
        sink::write_later(line.into_bytes());
    }
}

/// Returns `true` if it is the span of a handler.
fn is_guards(metadata: &Metadata<'_>) -> bool {
    let names = metadata.fields().iter().map(|field| field.name());
    names.take(OWN_FIELDS.len()).eq(OWN_FIELDS)
}

/// Returns `true` unless the span of a handler has only its request's fields: the thread knows that request.
pub(crate) fn is_wanted(metadata: &Metadata<'_>) -> bool {
    !(metadata.is_span() && metadata.fields().len() == OWN_FIELDS.len() && is_guards(metadata))
}
