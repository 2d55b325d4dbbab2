//! Secrets.

state! {
    /// The value is wiped when it is dropped.
    impl[T: secrecy::zeroize::Zeroize + ?Sized] for secrecy::SecretBox<T> where T;
}
