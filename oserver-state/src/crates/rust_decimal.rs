//! Decimal numbers: plain data.

state! {
    /// Plain data.
    impl[] for rust_decimal::Decimal;
}
