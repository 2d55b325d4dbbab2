//! hyper's clock, with one alarm for a whole connection.
//!
//! hyper sets a deadline for each request's head and drops it when the head is there. With a timer of
//! tokio's for each, every request puts an entry into the timer wheel and takes it out again. Here
//! an alarm that is set too early is left as it is: when it goes off, it is set anew.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use hyper::rt::{Sleep, Timer};

/// The timer of one connection, whose deadlines are all polled by that connection's task.
#[derive(Clone, Debug, Default)]
pub(super) struct ConnectionTimer {
    alarm: Arc<Mutex<Option<Alarm>>>,
}

#[derive(Debug)]
struct Alarm {
    sleep: Pin<Box<tokio::time::Sleep>>,
    /// Whom `sleep` will wake.
    waker: Waker,
}

/// One deadline of a connection.
struct Deadline {
    at: Instant,
    timer: ConnectionTimer,
}

impl Timer for ConnectionTimer {
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Sleep>> {
        self.sleep_until(Instant::now() + duration)
    }

    fn sleep_until(&self, at: Instant) -> Pin<Box<dyn Sleep>> {
        Box::pin(Deadline { at, timer: self.clone() })
    }
}

impl Sleep for Deadline {}

impl Future for Deadline {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let at = tokio::time::Instant::from_std(self.at);
        // Only this connection's task comes here.
        let mut alarm = self.timer.alarm.lock().unwrap_or_else(PoisonError::into_inner);
        let alarm = alarm.get_or_insert_with(|| Alarm {
            sleep: Box::pin(tokio::time::sleep_until(at)),
            waker: Waker::noop().clone(),
        });
        let gone_off = alarm.sleep.is_elapsed();
        if gone_off && self.at <= Instant::now() {
            return Poll::Ready(());
        }
        let early_enough = !gone_off && alarm.sleep.deadline() <= at;
        if early_enough && alarm.waker.will_wake(context.waker()) {
            return Poll::Pending;
        }
        if !early_enough {
            alarm.sleep.as_mut().reset(at);
        }
        alarm.waker.clone_from(context.waker());
        alarm.sleep.as_mut().poll(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runtime() -> tokio::runtime::Runtime {
        tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap()
    }

    #[test]
    fn a_later_deadline_is_not_met_early_though_the_alarm_of_a_dropped_one_goes_off() {
        runtime().block_on(async {
            let timer = ConnectionTimer::default();
            let mut first = timer.sleep(Duration::from_millis(20));
            std::future::poll_fn(|context| {
                assert!(first.as_mut().poll(context).is_pending());
                Poll::Ready(())
            })
            .await;
            drop(first);
            let begin = Instant::now();
            timer.sleep(Duration::from_millis(80)).await;
            assert!(begin.elapsed() >= Duration::from_millis(80));
        });
    }

    #[test]
    fn an_earlier_deadline_is_met_though_the_alarm_was_set_for_later() {
        runtime().block_on(async {
            let timer = ConnectionTimer::default();
            let mut late = timer.sleep(Duration::from_secs(3600));
            std::future::poll_fn(|context| {
                assert!(late.as_mut().poll(context).is_pending());
                Poll::Ready(())
            })
            .await;
            let early = timer.sleep(Duration::from_millis(20));
            tokio::time::timeout(Duration::from_secs(60), early).await.expect("it is met");
        });
    }
}
