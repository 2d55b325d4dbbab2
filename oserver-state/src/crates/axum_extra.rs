//! axum-extra's extractors.
#![allow(deprecated, reason = "they are extractors for as long as they are there")]

use axum_extra::TypedHeader;
use axum_extra::either::{Either, Either3, Either4, Either5, Either6, Either7, Either8};
use axum_extra::extract::rejection::HostRejection;
use axum_extra::extract::{
    Cached, CookieJar, Form, FormRejection, Host, JsonDeserializer, JsonDeserializerRejection,
    Multipart, OptionalPath, OptionalQuery, OptionalQueryRejection, PrivateCookieJar, Query,
    QueryRejection, Scheme, SchemeMissing, SignedCookieJar, WithRejection, cookie,
};
use axum_extra::json_lines::{AsExtractor, JsonLines};
use axum_extra::protobuf::{Protobuf, ProtobufRejection};
use axum_extra::typed_header::TypedHeaderRejection;

fresh! {
    impl[T] for TypedHeader<T>;
    impl[T] for Form<T>;
    impl[T] for OptionalPath<T>;
    impl[T] for OptionalQuery<T>;
    impl[T] for Protobuf<T>;
    impl[T] for Query<T>;
}

request_data! {
    impl[] for CookieJar;
    impl[K] for PrivateCookieJar<K>;
    impl[K] for SignedCookieJar<K>;
    impl[T] for JsonDeserializer<T>;
    impl[T] for JsonLines<T, AsExtractor>;
    impl[] for Multipart;
}

state! {
    impl[] for Host;
    impl[] for Scheme;
    impl[] for cookie::Key;
    impl['a] for cookie::Cookie<'a>;
}

either! {
    impl[T] for Cached<T>;
    impl[A, B] for Either<A, B>;
    impl[A, B, C] for Either3<A, B, C>;
    impl[A, B, C, D] for Either4<A, B, C, D>;
    impl[A, B, C, D, E] for Either5<A, B, C, D, E>;
    impl[A, B, C, D, E, F] for Either6<A, B, C, D, E, F>;
    impl[A, B, C, D, E, F, G] for Either7<A, B, C, D, E, F, G>;
    impl[A, B, C, D, E, F, G, H] for Either8<A, B, C, D, E, F, G, H>;
}

// Of the rejection it has only the type.
request_data! {
    impl[E: crate::HandlerParam, R] for WithRejection<E, R>;
}

request_data! {
    impl[] for FormRejection;
    impl[] for HostRejection;
    impl[] for JsonDeserializerRejection;
    impl[] for OptionalQueryRejection;
    impl[] for ProtobufRejection;
    impl[] for QueryRejection;
    impl[] for SchemeMissing;
    impl[] for TypedHeaderRejection;
    impl[] for axum_extra::extract::multipart::MultipartRejection;
    impl[] for axum_extra::extract::multipart::MultipartError;
}
