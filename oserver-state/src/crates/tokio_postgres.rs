//! A client of PostgreSQL.

vouched! {
    /// A task owns the connection and receives messages. A buffer is locked while parameters are written into it. A `ToSql` of yours that panics leaves half of its bytes there for the next query, so return an error instead.
    impl[] for tokio_postgres::Client;
    impl[] for tokio_postgres::Statement;
}

state! {
    /// Plain data.
    impl[] for tokio_postgres::CancelToken;
    impl[] for tokio_postgres::Config;
    impl[] for tokio_postgres::NoTls;
}

request_data! {
    /// An error, and a row of a result.
    impl[] for tokio_postgres::Error;
    impl[] for tokio_postgres::Row;
}
