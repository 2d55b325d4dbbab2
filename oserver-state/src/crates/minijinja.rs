//! Templates.

#[cfg(feature = "minijinja-2")]
vouched! {
    /// Templates are read by those who render; a loader fills its cache without running your code under the lock. Functions and objects of your own are asked by nobody.
    impl['s] for minijinja_2::Environment<'s>;
}

#[cfg(feature = "minijinja-2")]
request_data! {
    /// Values can be objects of your own.
    impl[] for minijinja_2::Value;
    impl[] for minijinja_2::Error;
}

#[cfg(feature = "minijinja-3")]
vouched! {
    /// Templates are read by those who render; a loader fills its cache without running your code under the lock. Functions and objects of your own are asked by nobody.
    impl['s] for minijinja_3::Environment<'s>;
}

#[cfg(feature = "minijinja-3")]
request_data! {
    /// Values can be objects of your own.
    impl[] for minijinja_3::Value;
    impl[] for minijinja_3::Error;
}
