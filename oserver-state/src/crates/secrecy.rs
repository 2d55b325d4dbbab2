//! Secrets.

state! {
    /// A value that is wiped when it is dropped.
    impl[T: secrecy::zeroize::Zeroize + ?Sized] for secrecy::SecretBox<T> where T;
}
