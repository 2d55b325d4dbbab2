//! Mail.

vouched! {
    /// The crate holds the lock of its pool only for a few lines of its own code. A connection has a timeout of 60 s; the connection of a handler that panics is closed or returns to the pool.
    impl[E: lettre::Executor] for lettre::AsyncSmtpTransport<E>;
    impl[] for lettre::SmtpTransport;
}

state! {
    /// Plain data.
    impl[] for lettre::Address;
    impl[] for lettre::Message;
    impl[] for lettre::message::Mailbox;
    impl[] for lettre::message::Mailboxes;
    impl[] for lettre::transport::smtp::authentication::Credentials;
}
