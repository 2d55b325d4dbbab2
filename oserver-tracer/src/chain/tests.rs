use super::*;
use crate::frame::parse;

/// As std writes it of a build with all symbols, here and there a frame left out.
const SLEEP: &str = "
   0: oserver_stacks::clone
             at /x/oserver-stacks/src/lib.rs:56:25
   1: <core::task::wake::Waker as core::clone::Clone>::clone
             at /rustc/5980/library/core/src/task/wake.rs:619:29
  10: tokio::sync::task::atomic_waker::AtomicWaker::do_register
             at /r/.cargo/registry/src/index.crates.io-1949/tokio-1.54.1/src/sync/task/atomic_waker.rs:195:46
  16: <tokio::time::sleep::Sleep as core::future::future::Future>::poll
             at /r/.cargo/registry/src/index.crates.io-1949/tokio-1.54.1/src/time/sleep.rs:457:27
  17: sqlx::pool::acquire::{{closure}}
             at /r/.cargo/registry/src/index.crates.io-1949/sqlx-core-0.9.0/src/pool.rs:3:4
  18: st::two::{{closure}}
             at ./src/main.rs:10:38
  19: <core::pin::Pin<P> as core::future::future::Future>::poll
             at /rustc/5980/library/core/src/future/future.rs:133:9
  20: st::one::{{closure}}::{{closure}}
             at /r/.cargo/registry/src/index.crates.io-1949/tokio-1.54.1/src/macros/join.rs:179:24
  21: st::one::{{closure}}
             at ./src/main.rs:9:46
  22: oserver_stacks::poll
             at /x/oserver-stacks/src/lib.rs:42:18
  23: oserver_runtime::guard::run::poll_body
             at /x/oserver-runtime/src/guard/run.rs:42:18
  24: st::main
             at ./src/main.rs:1:1
";

#[test]
fn awaits_are_outermost_first_and_end_with_what_is_waited_for() {
    let chain = of_awaits(&parse(SLEEP));
    assert_eq!(
        chain.lines,
        [
            "st::one at src/main.rs:9:46",
            "st::two at src/main.rs:10:38",
            "sqlx::pool::acquire at sqlx-core-0.9.0/src/pool.rs:3:4",
            "tokio::time::sleep::Sleep at tokio-1.54.1/src/time/sleep.rs:457:27",
        ]
    );
    assert_eq!(chain.location.as_deref(), Some("src/main.rs:10:38"));
    assert_eq!(chain.leaf.as_deref(), Some("tokio::time::sleep::Sleep"));
}

#[test]
fn a_combinator_that_keeps_the_waker_itself_is_what_is_waited_for() {
    let text = "
   0: oserver_stacks::clone
             at /x/oserver-stacks/src/lib.rs:56:25
   1: <core::task::wake::Waker as core::clone::Clone>::clone
             at /rustc/5980/library/core/src/task/wake.rs:619:29
   2: <futures_util::future::future::shared::Shared<Fut> as core::future::future::Future>::poll
             at /r/.cargo/registry/src/index.crates.io-1949/futures-util-0.3.34/src/future/future/shared.rs:256:9
   3: st::one::{{closure}}
             at ./src/main.rs:9:46
   4: oserver_stacks::poll
             at /x/oserver-stacks/src/lib.rs:42:18
";
    let chain = of_awaits(&parse(text));
    assert_eq!(chain.leaf.as_deref(), Some("futures_util::future::future::shared::Shared<Fut>"));
    assert_eq!(chain.lines.len(), 2, "{:?}", chain.lines);
}

#[test]
fn a_lock_of_another_crate_is_what_a_thread_is_in() {
    let text = "
   0: syscall
   1: <parking_lot_core::thread_parker::imp::ThreadParker>::park
             at /r/.cargo/registry/src/index.crates.io-1949/parking_lot_core-0.9.12/src/thread_parker/linux.rs:63:5
   2: lock_api::mutex::Mutex<R,T>::lock
             at /r/.cargo/registry/src/index.crates.io-1949/lock_api-0.4.14/src/mutex.rs:223:9
   3: st::one
             at ./src/main.rs:9:46
   4: oserver_runtime::guard::run::poll_body
             at /x/oserver-runtime/src/guard/run.rs:42:18
";
    let chain = of_thread(&parse(text));
    assert_eq!(chain.leaf.as_deref(), Some("lock_api::mutex::Mutex<R,T>::lock"));
    assert_eq!(chain.location.as_deref(), Some("src/main.rs:9:46"));
}

#[test]
fn a_build_with_lines_alone_says_as_much_as_it_can() {
    let text = "
   0: clone
             at /r/.cargo/registry/src/index.crates.io-1949/oserver-stacks-0.1.0/src/lib.rs:56:25
   1: clone
             at /rustc/5980/library/core/src/task/wake.rs:619:29
   5: poll_recv<u8>
             at /r/.cargo/registry/src/index.crates.io-1949/tokio-1.54.1/src/sync/oneshot.rs:1365:34
   6: poll<u8>
             at /r/.cargo/registry/src/index.crates.io-1949/tokio-1.54.1/src/sync/oneshot.rs:1287:36
   7: {async_fn#0}
             at ./src/main.rs:18:55
   8: poll<core::task::poll::Poll<()>, st::show::{closure_env#0}>
             at /r/.cargo/registry/src/index.crates.io-1949/oserver-stacks-0.1.0/src/lib.rs:42:18
   9: {async_fn#0}
             at ./src/main.rs:1:1
";
    let chain = of_awaits(&parse(text));
    assert_eq!(
        chain.lines,
        [
            "an async function at src/main.rs:18:55",
            "tokio::sync::oneshot::poll at tokio-1.54.1/src/sync/oneshot.rs:1287:36",
        ]
    );
}

#[test]
fn a_thread_is_told_without_what_is_around_the_service() {
    let text = "
   0: clock_nanosleep
   1: std::sys::thread::unix::sleep
             at /rustc/5980/library/std/src/sys/thread/unix.rs:5:1
   2: std::thread::sleep
             at /rustc/5980/library/std/src/thread/mod.rs:9:5
   3: app::helper
             at /srv/app/src/db.rs:40:5
   4: app::handler::{{closure}}
             at /srv/app/src/main.rs:12:9
   5: core::ops::function::FnOnce::call_once
             at /rustc/5980/library/core/src/ops/function.rs:250:5
   6: oserver_runtime::guard::run::poll_body
             at /x/oserver-runtime/src/guard/run.rs:42:18
   7: axum::handler::call
             at /r/.cargo/registry/src/index.crates.io-1949/axum-0.8.9/src/handler/mod.rs:1:1
   8: app::layer::poll
             at /srv/app/src/layer.rs:7:7
   9: oserver_runtime::task::poll
             at /x/oserver-runtime/src/task/mod.rs:42:18
  10: tokio::runtime::worker::run
             at /r/.cargo/registry/src/index.crates.io-1949/tokio-1.54.1/src/runtime/worker.rs:1:1
  11: start_thread
";
    let chain = of_thread(&parse(text));
    assert_eq!(
        chain.lines,
        [
            "app::layer::poll at /srv/app/src/layer.rs:7:7",
            "app::handler at /srv/app/src/main.rs:12:9",
            "app::helper at /srv/app/src/db.rs:40:5",
            "std::thread::sleep at std/src/thread/mod.rs:9:5",
        ]
    );
    assert_eq!(chain.location.as_deref(), Some("/srv/app/src/db.rs:40:5"));
}

#[test]
fn a_build_without_lines_has_names() {
    let text = "0: oserver_stacks::clone\n1: core::task::wake::Waker::clone\n\
                    2: <tokio::sync::oneshot::Receiver<T> as core::future::future::Future>::poll\n\
                    3: app::h::{{closure}}\n4: oserver_stacks::poll\n5: start_thread\n";
    let chain = of_awaits(&parse(text));
    assert_eq!(chain.lines, ["app::h", "tokio::sync::oneshot::Receiver<T>"]);
    assert_eq!(chain.location, None);
}

#[test]
fn a_thread_without_symbols_of_the_service_is_where_the_library_is() {
    let chain = of_thread(&parse("0: clock_nanosleep\n1: start_thread\n2: clone3\n"));
    assert_eq!((chain.lines, chain.location), (vec!["clock_nanosleep".to_owned()], None));
    assert_eq!(of_thread(&[]).leaf, None);
}
