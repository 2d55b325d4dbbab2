//! Handles of metrics.

vouched! {
    /// The installed recorder decides. Common recorders count in atomic numbers.
    impl[] for metrics::Counter;
    impl[] for metrics::Gauge;
    impl[] for metrics::Histogram;
}

state! {
    /// Plain data.
    impl[] for metrics::Key;
    impl[] for metrics::KeyName;
    impl[] for metrics::Label;
    impl[] for metrics::Unit;
}
