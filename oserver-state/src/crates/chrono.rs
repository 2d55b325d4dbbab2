//! Dates and times: plain data.

state! {
    /// Plain data.
    impl[Z: chrono::TimeZone] for chrono::DateTime<Z> where <Z as chrono::TimeZone>::Offset;
    impl[] for chrono::Days;
    impl[] for chrono::FixedOffset;
    impl[] for chrono::IsoWeek;
    impl[] for chrono::Local;
    impl[] for chrono::Month;
    impl[] for chrono::Months;
    impl[] for chrono::NaiveDate;
    impl[] for chrono::NaiveDateTime;
    impl[] for chrono::NaiveTime;
    impl[] for chrono::NaiveWeek;
    impl[] for chrono::ParseError;
    impl[] for chrono::TimeDelta;
    impl[] for chrono::Utc;
    impl[] for chrono::Weekday;
}
