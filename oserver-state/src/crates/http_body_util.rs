//! Bodies.

state! {
    /// A piece of data.
    impl[D] for http_body_util::Full<D> where D;
    impl[D] for http_body_util::Empty<D>;
}

request_data! {
    /// A body of a request.
    impl[D, E] for http_body_util::combinators::BoxBody<D, E>;
    impl[D, E] for http_body_util::combinators::UnsyncBoxBody<D, E>;
    impl[B] for http_body_util::Limited<B> where B;
}
