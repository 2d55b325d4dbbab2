//! Spans.

vouched! {
    /// A span leads to the subscriber, and not to the state of the service.
    impl[] for tracing::Span;
}
