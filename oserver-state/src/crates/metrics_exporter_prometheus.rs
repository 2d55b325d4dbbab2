//! The exporter of metrics.

vouched! {
    /// `render` holds its own locks while it copies numbers; none of your code runs under them.
    impl[] for metrics_exporter_prometheus::PrometheusHandle;
}
