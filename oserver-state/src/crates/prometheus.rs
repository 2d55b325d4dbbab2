//! Metrics.

vouched! {
    /// Numbers are atomic. A map of labels is locked for a few lines of its own.
    impl[P: prometheus::core::Atomic] for prometheus::core::GenericCounter<P>;
    impl[P: prometheus::core::Atomic] for prometheus::core::GenericGauge<P>;
    impl[] for prometheus::Histogram;
    impl[B: prometheus::core::MetricVecBuilder] for prometheus::core::MetricVec<B>;
}

vouched! {
    /// `gather` runs the collectors under a lock that `register` waits for: a collector of your own must not wait.
    impl[] for prometheus::Registry;
}

request_data! {
    /// An error.
    impl[] for prometheus::Error;
}
