//! Connections of SeaORM.

#[cfg(feature = "sea-orm-1")]
vouched! {
    /// A pool of sqlx. The wait for a connection ends after `acquire_timeout`; the connection of a handler that panics returns to the pool. The mock for tests has a lock.
    impl[] for sea_orm_1::DatabaseConnection;
}

#[cfg(feature = "sea-orm-1")]
state! {
    /// Plain data.
    impl[] for sea_orm_1::DatabaseBackend;
}

#[cfg(feature = "sea-orm-1")]
request_data! {
    /// An error.
    impl[] for sea_orm_1::DbErr;
}

#[cfg(feature = "sea-orm-2")]
vouched! {
    /// A pool of sqlx. The wait for a connection ends after `acquire_timeout`; the connection of a handler that panics returns to the pool. The mock for tests has a lock.
    impl[] for sea_orm_2::DatabaseConnection;
}

#[cfg(feature = "sea-orm-2")]
state! {
    /// Plain data.
    impl[] for sea_orm_2::DatabaseBackend;
}

#[cfg(feature = "sea-orm-2")]
request_data! {
    /// An error.
    impl[] for sea_orm_2::DbErr;
}
