//! Templates.

#[cfg(feature = "tera-1")]
vouched! {
    /// Rendering only reads templates. The compiler does not check functions and filters of yours.
    impl[] for tera_1::Tera;
}

#[cfg(feature = "tera-1")]
request_data! {
    /// The context that a template is rendered with.
    impl[] for tera_1::Context;
    impl[] for tera_1::Error;
}

#[cfg(feature = "tera-2")]
vouched! {
    /// Rendering only reads templates. The compiler does not check functions and filters of yours.
    impl[] for tera_2::Tera;
}

#[cfg(feature = "tera-2")]
request_data! {
    /// The context that a template is rendered with.
    impl[] for tera_2::Context;
    impl[] for tera_2::Error;
}
