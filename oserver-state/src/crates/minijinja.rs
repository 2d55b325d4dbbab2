//! Templates.

#[cfg(feature = "minijinja-2")]
vouched! {
    /// Rendering only reads templates; a loader fills its cache without running your code under the lock. The compiler does not check functions and objects of yours.
    impl['s] for minijinja_2::Environment<'s>;
}

#[cfg(feature = "minijinja-2")]
request_data! {
    /// Values can be objects of yours.
    impl[] for minijinja_2::Value;
    impl[] for minijinja_2::Error;
}

#[cfg(feature = "minijinja-3")]
vouched! {
    /// Rendering only reads templates; a loader fills its cache without running your code under the lock. The compiler does not check functions and objects of yours.
    impl['s] for minijinja_3::Environment<'s>;
}

#[cfg(feature = "minijinja-3")]
request_data! {
    /// Values can be objects of yours.
    impl[] for minijinja_3::Value;
    impl[] for minijinja_3::Error;
}
