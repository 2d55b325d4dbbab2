//! A client of PostgreSQL.

vouched! {
    /// A task has the connection, and is asked by messages. A buffer is locked while parameters are written into it: a `ToSql` of your own that panics leaves its half there for the next query, so let it return an error.
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
