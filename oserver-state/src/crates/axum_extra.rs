//! axum-extra's extractors.
#![allow(deprecated, reason = "they are extractors for as long as they are there")]

fresh! {
    /// A fresh value that is read from the request. No other request has it.
    impl[T] for axum_extra::extract::Form<T>;
    impl[T] for axum_extra::extract::OptionalPath<T>;
    impl[T] for axum_extra::extract::OptionalQuery<T>;
    impl[T] for axum_extra::extract::Query<T>;
    impl[T] for axum_extra::json_lines::JsonLines<T, axum_extra::json_lines::AsExtractor>;
}

request_data! {
    /// A fresh value that is read from the request. No other request has it.
    impl[T: axum_extra::headers::Header] for axum_extra::TypedHeader<T>;
    impl[T] for axum_extra::extract::JsonDeserializer<T>;
    impl[] for axum_extra::extract::CookieJar;
    impl[K] for axum_extra::extract::PrivateCookieJar<K>;
    impl[K] for axum_extra::extract::SignedCookieJar<K>;
    impl[] for axum_extra::extract::Multipart;
}

request_data! {
    /// A fresh value that is read from the request. No other request has it.
    impl[T: Message] for axum_extra::protobuf::Protobuf<T>;
}

state! {
    /// Plain data.
    impl[] for axum_extra::extract::Host;
    impl[] for axum_extra::extract::Scheme;
    impl[] for axum_extra::extract::cookie::Key;
    impl['a] for axum_extra::extract::cookie::Cookie<'a>;
}

either! {
    /// Each type gives out its contents.
    impl[T] for axum_extra::extract::Cached<T> where T;
    impl[A, B] for axum_extra::either::Either<A, B> where A, B;
    impl[A, B, C] for axum_extra::either::Either3<A, B, C> where A, B, C;
    impl[A, B, C, D] for axum_extra::either::Either4<A, B, C, D> where A, B, C, D;
    impl[A, B, C, D, E] for axum_extra::either::Either5<A, B, C, D, E> where A, B, C, D, E;
    impl[A, B, C, D, E, F] for axum_extra::either::Either6<A, B, C, D, E, F> where A, B, C, D, E, F;
    impl[A, B, C, D, E, F, G] for axum_extra::either::Either7<A, B, C, D, E, F, G> where A, B, C, D, E, F, G;
    impl[A, B, C, D, E, F, G, H] for axum_extra::either::Either8<A, B, C, D, E, F, G, H> where A, B, C, D, E, F, G, H;
}

request_data! {
    /// Each type gives out its contents. It contains no value of the rejection.
    impl[E, R] for axum_extra::extract::WithRejection<E, R> where E;
}

request_data! {
    /// The error of `Result<extractor, rejection>`. Its source can be any value.
    impl[] for axum_extra::extract::FormRejection;
    impl[] for axum_extra::extract::rejection::HostRejection;
    impl[] for axum_extra::extract::JsonDeserializerRejection;
    impl[] for axum_extra::extract::OptionalQueryRejection;
    impl[] for axum_extra::protobuf::ProtobufRejection;
    impl[] for axum_extra::extract::QueryRejection;
    impl[] for axum_extra::extract::SchemeMissing;
    impl[] for axum_extra::typed_header::TypedHeaderRejection;
    impl[] for axum_extra::extract::multipart::MultipartRejection;
    impl[] for axum_extra::extract::multipart::MultipartError;
}

/// The types that `Protobuf<T>` can be read as: messages of `prost`, which axum-extra does not export.
pub trait Message: Send {}

impl<T: Send> Message for T where axum_extra::protobuf::Protobuf<T>: axum::extract::FromRequest<()> {}
