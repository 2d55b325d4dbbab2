//! Dates and times: plain data.

state! {
    /// Plain data.
    impl[] for time::Date;
    impl[] for time::Duration;
    impl[] for time::Month;
    impl[] for time::OffsetDateTime;
    impl[] for time::PrimitiveDateTime;
    impl[] for time::Time;
    impl[] for time::UtcDateTime;
    impl[] for time::UtcOffset;
    impl[] for time::Weekday;
}
