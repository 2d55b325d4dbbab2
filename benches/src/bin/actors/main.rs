//! Measures calls of one counter by many tasks: an actor of oserver beside its peers.
//!
//! `cargo run --release --features actors --bin actors -- [ROUNDS [SECONDS]]`

mod contenders;

use std::future::Future;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use contenders::{Contender, Measure};

const CALLERS: [usize; 3] = [1, 8, 64];
/// One call in this many is timed, because reading the clock costs a tenth of a call.
const TIMED: u64 = 8;

/// All callers of one contender, for a while.
#[derive(Clone, Copy)]
pub struct Sample {
    calls_per_second: f64,
    p99_us: f64,
}

#[oserver::main]
async fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1).map(|argument| argument.parse::<u32>());
    let (rounds, seconds) = match (arguments.next(), arguments.next()) {
        (None, None) => (5, 1),
        (Some(Ok(rounds)), None) if rounds > 0 => (rounds, 1),
        (Some(Ok(rounds)), Some(Ok(seconds))) if rounds > 0 && seconds > 0 => (rounds, seconds),
        _ => {
            eprintln!("usage: actors [ROUNDS [SECONDS]], whole numbers from 1 on");
            return ExitCode::from(2);
        }
    };
    let length = Duration::from_secs(seconds.into());
    for callers in CALLERS {
        let mut samples = vec![Vec::new(); Contender::ALL.len()];
        for round in 0..rounds {
            let mut order: Vec<usize> = (0..samples.len()).collect();
            // Drift during a round must not always hurt the same contender.
            if round % 2 == 1 {
                order.reverse();
            }
            for index in order {
                samples[index].push(Contender::ALL[index].run(ForAWhile { callers, length }).await);
            }
        }
        print(callers, rounds, &samples);
    }
    ExitCode::SUCCESS
}

/// Has so many tasks call for so long.
struct ForAWhile {
    callers: usize,
    length: Duration,
}

impl Measure for ForAWhile {
    type Measured = Sample;

    async fn measure<C, F>(self, call: C) -> Sample
    where
        C: Fn() -> F + Clone + Send + 'static,
        F: Future<Output = u64> + Send,
    {
        let stop = Arc::new(AtomicBool::new(false));
        let begin = Instant::now();
        let tasks: Vec<_> = (0..self.callers)
            .map(|_| {
                let (call, stop) = (call.clone(), Arc::clone(&stop));
                tokio::spawn(async move {
                    let (mut calls, mut times, mut last) = (0_u64, Vec::new(), 0);
                    while !stop.load(Ordering::Relaxed) {
                        let begin = calls.is_multiple_of(TIMED).then(Instant::now);
                        let number = call().await;
                        assert!(number > last, "the counter counts");
                        last = number;
                        if let Some(begin) = begin {
                            times.push(begin.elapsed());
                        }
                        calls += 1;
                    }
                    (calls, times)
                })
            })
            .collect();
        tokio::time::sleep(self.length).await;
        stop.store(true, Ordering::Relaxed);
        let (mut calls, mut times) = (0, Vec::new());
        for task in tasks {
            let (own, mut own_times) = task.await.expect("no call fails");
            calls += own;
            times.append(&mut own_times);
        }
        let took = begin.elapsed();
        times.sort_unstable();
        let p99 = times[times.len() * 99 / 100];
        Sample {
            calls_per_second: calls as f64 / took.as_secs_f64(),
            p99_us: p99.as_secs_f64() * 1e6,
        }
    }
}

fn print(callers: usize, rounds: u32, samples: &[Vec<Sample>]) {
    println!("\ncallers: {callers}, medians of {rounds} rounds");
    println!("{:<16}{:>12}{:>10}{:>10}{:>14}", "", "calls/s", "us/call", "p99 us", "/ best of two");
    let rate = |samples: &[Sample]| median(samples.iter().map(|sample| sample.calls_per_second));
    let of = |contender: Contender| {
        let at = Contender::ALL.iter().position(|other| *other == contender).expect("it is there");
        rate(&samples[at])
    };
    let best = of(Contender::Kameo).max(of(Contender::Ractor));
    for (contender, own) in Contender::ALL.iter().zip(samples) {
        let rate = rate(own);
        println!(
            "{:<16}{:>12.0}{:>10.3}{:>10.1}{:>14.2}",
            contender,
            rate,
            1e6 / rate,
            median(own.iter().map(|sample| sample.p99_us)),
            rate / best,
        );
    }
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() % 2 {
        1 => values[middle],
        _ => (values[middle - 1] + values[middle]) / 2.0,
    }
}
