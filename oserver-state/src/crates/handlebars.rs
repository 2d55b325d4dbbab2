//! Templates.

vouched! {
    /// Templates are read, never written, by those who render. Helpers of your own are asked by nobody.
    impl['r] for handlebars::Handlebars<'r>;
}
