//! What handlers do that go wrong, the same for every kind.

pub fn block() -> &'static str {
    loop {
        std::thread::park();
    }
}

pub fn spin() -> &'static str {
    loop {
        std::hint::spin_loop();
    }
}

pub fn panic() -> &'static str {
    panic!("the handler panicked, as it was asked to")
}
