//! Associated constants of generic types, whose parameters only the code around them determines.
#![deny(warnings, missing_docs, unreachable_code, clippy::pedantic)]
#![forbid(unsafe_code)]

use std::marker::PhantomData;
use std::num::Saturating;

use oserver::Router;
use oserver::extract::{Path, State};
use oserver::routing::get;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Limit<const N: u32>(u32);

impl<const N: u32> Limit<N> {
    const MAX: Self = Self(N);
    const ZERO: Self = Self(0);
    const STEPS: [Self; 2] = [Self::ZERO, Self::MAX];
}

fn rows(limit: Limit<50>) -> u32 {
    limit.0
}

struct Page {
    limit: Limit<9>,
    steps: Vec<Limit<8>>,
}

#[oserver::handler]
async fn constants(Path((first, last)): Path<(u32, Option<u32>)>) -> String {
    let limit: Limit<50> = last.map_or(Limit::MAX, Limit).min(Limit::MAX);
    let steps: [Limit<3>; 2] = Limit::STEPS;
    let most = Limit::MAX;
    let page = Page { limit: Limit::MAX, steps: vec![Limit::ZERO; 2] };
    let pair: (Limit<1>, [Limit<2>; 2]) = (Limit::MAX, [Limit::ZERO, Limit::MAX]);
    let by_closure = || -> Limit<4> { Limit::MAX };
    let several: Limit<5> = match first {
        0 => Limit::ZERO,
        _ if limit == Limit::ZERO || limit >= Limit::MAX => Limit::MAX,
        other => Limit(other),
    };
    for step in Limit::STEPS {
        let _: Limit<6> = step;
    }
    assert_eq!(pair.1[0], Limit::ZERO);
    assert!(limit <= Limit::MAX);
    let explicit = Limit::<7>::MAX.0 + several.max(Limit::<_>::MAX).0;
    if page.limit == Limit::ZERO {
        return String::new();
    }
    format!(
        "{}{}{}{}{}{}{explicit}",
        rows(most),
        rows(Limit::MAX),
        steps[0].0,
        by_closure().0,
        page.steps.iter().filter(|step| **step != Limit::ZERO).count(),
        pair.0.max(Limit::MAX).0,
    )
}

#[derive(Debug)]
struct Meters;

#[derive(Debug)]
struct Amount<U>(f64, PhantomData<U>);

impl<U> std::ops::Add for Amount<U> {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0, PhantomData)
    }
}

impl<U: 'static> Amount<U> {
    const NONE: Self = Self(0.0, PhantomData);
    const ONE: Self = Self(1.0, PhantomData);
    const UNITS: &'static [Self] = &[Self::ONE];

    fn plus(self, other: &Self) -> Self {
        Self(self.0 + other.0, PhantomData)
    }
}

fn way(amount: &Amount<Meters>) -> f64 {
    amount.0
}

#[oserver::handler]
fn units(State(number): State<u8>) -> String {
    let mut sum = Amount::NONE;
    for _ in 0..number {
        sum = sum + Amount::ONE;
    }
    let units: &'static [Amount<Meters>] = Amount::UNITS;
    let all = units.iter().fold(sum, Amount::plus);
    way(&all).to_string()
}

struct Buffer {
    bytes: Vec<u8>,
    rest: u8,
}

impl Buffer {
    const NEW: Self = Self { bytes: Vec::new(), rest: 1 };
    const EMPTY: Vec<u8> = Vec::new();
    const TEXT: &'static str = "text";
    const RUN: fn(u8) -> u8 = u8::reverse_bits;
    const AT: usize = 1;
    const WIDE: u8 = 7;
}

/// These are as they are: lints know their values, or each is a fresh value.
#[oserver::handler]
#[deny(clippy::indexing_slicing)]
async fn plain() -> String {
    let buffer = Buffer { rest: 2, ..Buffer::NEW };
    let many = [Buffer::EMPTY; 2];
    let text: &'static str = Buffer::TEXT;
    let shown: &dyn std::fmt::Display = &Buffer::TEXT;
    let boxed: Box<dyn Fn(u8) -> u8 + Send> = Box::new(Buffer::RUN);
    let list = [1, 2, 3];
    let number = list[Buffer::AT] + i32::from(Buffer::WIDE) + i32::from((Buffer::RUN)(1));
    let (front, before) = (&list[..Buffer::AT], list[Buffer::AT - 1]);
    let more = Saturating::<u8>::MAX.0 / 2;
    let text = format!("{text}{shown}{}{}{number}{more}{front:?}{before}{}", buffer.rest, many.len(), boxed(1));
    text + &buffer.bytes.len().to_string()
}

fn main() {
    let _: Router = Router::new()
        .route("/{first}/{last}", get(constants))
        .route("/units", get(units).post(plain))
        .with_state(1);
}
