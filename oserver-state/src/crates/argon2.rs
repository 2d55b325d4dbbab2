//! Password hashing.

#[cfg(feature = "argon2-0_5")]
state! {
    /// Parameters and a key; each call allocates its own memory.
    impl['k] for argon2_0_5::Argon2<'k>;
    impl[] for argon2_0_5::Params;
}

#[cfg(feature = "argon2-0_6")]
state! {
    /// Parameters and a key; each call allocates its own memory.
    impl['k] for argon2_0_6::Argon2<'k>;
    impl[] for argon2_0_6::Params;
}
