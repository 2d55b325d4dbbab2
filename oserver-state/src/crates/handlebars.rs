//! Templates.

vouched! {
    /// Rendering only reads templates. The compiler does not check helpers of yours.
    impl['r] for handlebars::Handlebars<'r>;
}
