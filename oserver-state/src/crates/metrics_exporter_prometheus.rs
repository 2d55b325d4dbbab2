//! The exporter of metrics.

vouched! {
    /// `render` holds its own locks for as long as it copies numbers; none of your code runs under them.
    impl[] for metrics_exporter_prometheus::PrometheusHandle;
}
