//! Spans.

vouched! {
    /// Behind one is the subscriber, and nothing of the service's state.
    impl[] for tracing::Span;
}
