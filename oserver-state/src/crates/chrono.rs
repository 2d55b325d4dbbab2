//! Dates and times: plain values.

use chrono::{
    DateTime, Days, FixedOffset, IsoWeek, Local, Month, Months, NaiveDate, NaiveDateTime,
    NaiveTime, NaiveWeek, ParseError, TimeDelta, TimeZone, Utc, Weekday,
};

use crate::HandlerState;

state! {
    impl[Z: TimeZone<Offset: HandlerState>] for DateTime<Z>;
    impl[] for Days;
    impl[] for FixedOffset;
    impl[] for IsoWeek;
    impl[] for Local;
    impl[] for Month;
    impl[] for Months;
    impl[] for NaiveDate;
    impl[] for NaiveDateTime;
    impl[] for NaiveTime;
    impl[] for NaiveWeek;
    impl[] for ParseError;
    impl[] for TimeDelta;
    impl[] for Utc;
    impl[] for Weekday;
}
