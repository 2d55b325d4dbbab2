//! Plain values of the standard library: only bytes.

use std::any::TypeId;
use std::cmp::Ordering;
use std::convert::Infallible;
use std::ffi::{CStr, CString, OsStr, OsString};
use std::hash::{BuildHasherDefault, DefaultHasher, RandomState};
use std::marker::{PhantomData, PhantomPinned};
use std::num::{IntErrorKind, NonZero, ParseFloatError, ParseIntError, TryFromIntError};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime, SystemTimeError};

state! {
    /// Plain data.
    impl[] for ();
    impl[] for bool;
    impl[] for char;
    impl[] for u8;
    impl[] for u16;
    impl[] for u32;
    impl[] for u64;
    impl[] for u128;
    impl[] for usize;
    impl[] for i8;
    impl[] for i16;
    impl[] for i32;
    impl[] for i64;
    impl[] for i128;
    impl[] for isize;
    impl[] for f32;
    impl[] for f64;
    impl[] for str;
    impl[] for String;
    impl[] for CStr;
    impl[] for CString;
    impl[] for OsStr;
    impl[] for OsString;
    impl[] for Path;
    impl[] for PathBuf;
    impl[] for Duration;
    impl[] for Instant;
    impl[] for SystemTime;
    impl[] for Ordering;
    impl[] for TypeId;
    impl[] for Infallible;
    impl[] for RandomState;
    impl[] for DefaultHasher;
    impl[] for PhantomPinned;
}

state! {
    /// Errors of parsers.
    impl[] for std::fmt::Error;
    impl[] for std::str::Utf8Error;
    impl[] for std::str::ParseBoolError;
    impl[] for std::char::ParseCharError;
    impl[] for std::char::CharTryFromError;
    impl[] for std::string::FromUtf8Error;
    impl[] for std::net::AddrParseError;
    impl[] for IntErrorKind;
    impl[] for ParseIntError;
    impl[] for ParseFloatError;
    impl[] for TryFromIntError;
    impl[] for SystemTimeError;
    impl[] for std::env::VarError;
    impl[] for std::io::ErrorKind;
}

state! {
    /// Plain data.
    impl[] for NonZero<u8>;
    impl[] for NonZero<u16>;
    impl[] for NonZero<u32>;
    impl[] for NonZero<u64>;
    impl[] for NonZero<u128>;
    impl[] for NonZero<usize>;
    impl[] for NonZero<i8>;
    impl[] for NonZero<i16>;
    impl[] for NonZero<i32>;
    impl[] for NonZero<i64>;
    impl[] for NonZero<i128>;
    impl[] for NonZero<isize>;
}

state! {
    /// It contains no value of its type parameter.
    impl[T: ?Sized] for PhantomData<T>;
    impl[H] for BuildHasherDefault<H>;
}
