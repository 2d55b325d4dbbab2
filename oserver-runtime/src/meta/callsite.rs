//! The callsite of a handler's span, for tracing.
//!
//! Each handler has its own callsite, made when its span is first needed. Filters therefore see its module and level,
//! and collectors its name; and generated code does not contain tracing's macros.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU8, Ordering};

use tracing::callsite::{self, Callsite, Identifier};
use tracing::field::FieldSet;
use tracing::metadata::Kind;
use tracing::subscriber::Interest;
use tracing::{Metadata, dispatcher};

use crate::meta::HandlerMeta;

/// The fields of every handler's span. `#[oserver::handler]` refuses these names in `fields(..)`.
pub(crate) const OWN_FIELDS: [&str; 6] =
    ["handler", "request_id", "connection_id", "route", "method", "path"];

/// The callsite of the span of one handler.
#[derive(Debug)]
pub(crate) struct SpanCallsite {
    /// Set after the rest: it refers to the callsite that it is in.
    metadata: OnceLock<Metadata<'static>>,
    /// The function's path, as in records.
    pub(crate) handler: String,
    interest: AtomicU8,
}

const NEVER: u8 = 0;
const SOMETIMES: u8 = 1;
const ALWAYS: u8 = 2;

impl SpanCallsite {
    /// tracing keeps callsites for ever, so each handler's callsite is leaked once.
    pub(super) fn register(meta: &'static HandlerMeta) -> &'static Self {
        let names: Vec<&str> = OWN_FIELDS.iter().chain(meta.fields).copied().collect();
        let this: &'static Self = Box::leak(Box::new(Self {
            metadata: OnceLock::new(),
            handler: meta.path(),
            interest: AtomicU8::new(NEVER),
        }));
        _ = this.metadata.set(Metadata::new(
            meta.span_name,
            meta.module,
            meta.level,
            Some(meta.file),
            Some(meta.line),
            Some(meta.module),
            FieldSet::new(names.leak(), Identifier(this)),
            Kind::SPAN,
        ));
        callsite::register(this);
        this
    }

    pub(crate) fn is_enabled(&self) -> bool {
        match self.interest.load(Ordering::Relaxed) {
            NEVER => false,
            ALWAYS => true,
            _ => dispatcher::get_default(|subscriber| subscriber.enabled(self.metadata())),
        }
    }

    pub(crate) fn metadata(&self) -> &Metadata<'static> {
        self.metadata.get().expect("set before it was registered")
    }
}

impl Callsite for SpanCallsite {
    fn set_interest(&self, interest: Interest) {
        let interest = if interest.is_never() {
            NEVER
        } else if interest.is_always() {
            ALWAYS
        } else {
            SOMETIMES
        };
        self.interest.store(interest, Ordering::Relaxed);
    }

    fn metadata(&self) -> &Metadata<'_> {
        self.metadata()
    }
}
