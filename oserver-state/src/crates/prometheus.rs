//! Metrics.

vouched! {
    /// The numbers are atomic. The crate locks the map of labels only for a few lines of its own code.
    impl[P: prometheus::core::Atomic] for prometheus::core::GenericCounter<P>;
    impl[P: prometheus::core::Atomic] for prometheus::core::GenericGauge<P>;
    impl[] for prometheus::Histogram;
    impl[B: prometheus::core::MetricVecBuilder] for prometheus::core::MetricVec<B>;
}

vouched! {
    /// `gather` runs the collectors under a lock, and `register` waits for that lock: a collector of yours must not wait.
    impl[] for prometheus::Registry;
}

request_data! {
    /// An error.
    impl[] for prometheus::Error;
}
