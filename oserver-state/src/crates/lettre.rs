//! Mail.

vouched! {
    /// The lock of its pool is held for a few lines of its own. A connection has a timeout of 60 s, and one that a handler had when it panicked is closed or goes back.
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
