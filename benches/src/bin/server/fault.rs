//! Faults of handlers, the same for every kind of server.

use std::convert::Infallible;
use std::sync::Mutex;
use std::time::Duration;

use bytes::Bytes;
use futures_util::Stream;
use futures_util::stream::unfold;

/// Long enough for the first frame of a body to be on its way before the second goes wrong.
const BETWEEN_FRAMES: Duration = Duration::from_millis(50);

pub fn block<T>() -> T {
    loop {
        std::thread::park();
    }
}

pub fn spin<T>() -> T {
    loop {
        std::hint::spin_loop();
    }
}

pub fn panic<T>() -> T {
    panic!("the handler panicked, as it was asked to")
}

/// Panics with a payload whose drop panics again.
pub fn panic_payload<T>() -> T {
    std::panic::panic_any(PanicsOnDrop)
}

struct PanicsOnDrop;

impl Drop for PanicsOnDrop {
    fn drop(&mut self) {
        panic!("what the panic carried panicked in its drop");
    }
}

pub async fn wait<T>() -> T {
    std::future::pending().await
}

/// A body whose second frame is a fault.
pub fn body(fault: fn()) -> impl Stream<Item = Result<Bytes, Infallible>> + Send + 'static {
    unfold(1, move |frame| async move {
        if frame == 2 {
            tokio::time::sleep(BETWEEN_FRAMES).await;
            fault();
        }
        (frame <= 2).then(|| (Ok(Bytes::from_static(b"a frame\n")), frame + 1))
    })
}

/// State as those who have no actors share it.
static COUNTER: Mutex<u64> = Mutex::new(0);

pub fn count() -> String {
    let mut counter = COUNTER.lock().unwrap();
    *counter += 1;
    counter.to_string()
}

/// Panics in the middle of a change.
pub fn poison() -> String {
    let _counter = COUNTER.lock().unwrap();
    panic()
}

/// Lets go of the state before it blocks.
pub fn count_then_block() -> String {
    count();
    block()
}

/// Never lets go of the state.
pub fn wedge() -> String {
    let _counter = COUNTER.lock().unwrap();
    block()
}
