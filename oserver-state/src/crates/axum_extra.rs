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

state! {
    /// Plain data.
    impl[] for axum_extra::headers::AcceptRanges;
    impl[] for axum_extra::headers::AccessControlAllowCredentials;
    impl[] for axum_extra::headers::AccessControlAllowHeaders;
    impl[] for axum_extra::headers::AccessControlAllowMethods;
    impl[] for axum_extra::headers::AccessControlAllowOrigin;
    impl[] for axum_extra::headers::AccessControlExposeHeaders;
    impl[] for axum_extra::headers::AccessControlMaxAge;
    impl[] for axum_extra::headers::AccessControlRequestHeaders;
    impl[] for axum_extra::headers::AccessControlRequestMethod;
    impl[] for axum_extra::headers::Age;
    impl[] for axum_extra::headers::Allow;
    impl[] for axum_extra::headers::CacheControl;
    impl[] for axum_extra::headers::Connection;
    impl[] for axum_extra::headers::ContentDisposition;
    impl[] for axum_extra::headers::ContentEncoding;
    impl[] for axum_extra::headers::ContentLength;
    impl[] for axum_extra::headers::ContentLocation;
    impl[] for axum_extra::headers::ContentRange;
    impl[] for axum_extra::headers::ContentType;
    impl[] for axum_extra::headers::Cookie;
    impl[] for axum_extra::headers::Date;
    impl[] for axum_extra::headers::ETag;
    impl[] for axum_extra::headers::Expect;
    impl[] for axum_extra::headers::Expires;
    impl[] for axum_extra::headers::Host;
    impl[] for axum_extra::headers::IfMatch;
    impl[] for axum_extra::headers::IfModifiedSince;
    impl[] for axum_extra::headers::IfNoneMatch;
    impl[] for axum_extra::headers::IfRange;
    impl[] for axum_extra::headers::IfUnmodifiedSince;
    impl[] for axum_extra::headers::LastModified;
    impl[] for axum_extra::headers::Location;
    impl[] for axum_extra::headers::Origin;
    impl[] for axum_extra::headers::Pragma;
    impl[] for axum_extra::headers::Range;
    impl[] for axum_extra::headers::Referer;
    impl[] for axum_extra::headers::ReferrerPolicy;
    impl[] for axum_extra::headers::RetryAfter;
    impl[] for axum_extra::headers::SecWebsocketAccept;
    impl[] for axum_extra::headers::SecWebsocketKey;
    impl[] for axum_extra::headers::SecWebsocketVersion;
    impl[] for axum_extra::headers::Server;
    impl[] for axum_extra::headers::SetCookie;
    impl[] for axum_extra::headers::StrictTransportSecurity;
    impl[] for axum_extra::headers::Te;
    impl[] for axum_extra::headers::TransferEncoding;
    impl[] for axum_extra::headers::Upgrade;
    impl[] for axum_extra::headers::UserAgent;
    impl[] for axum_extra::headers::Vary;
    impl[] for axum_extra::headers::authorization::Basic;
    impl[] for axum_extra::headers::authorization::Bearer;
    impl[C: axum_extra::headers::authorization::Credentials] for axum_extra::headers::Authorization<C> where C;
    impl[C: axum_extra::headers::authorization::Credentials] for axum_extra::headers::ProxyAuthorization<C> where C;
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
