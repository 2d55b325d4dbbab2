//! Spans: what is behind one is the subscriber's.

state! {
    impl[] for tracing::Span;
}
