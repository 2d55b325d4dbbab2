//! Generic and recursive states.
#![deny(warnings, missing_docs, clippy::pedantic)]
#![forbid(unsafe_code)]
#![allow(dead_code, reason = "only the types matter")]

use std::marker::PhantomData;
use std::sync::{Arc, Mutex};

use oserver::HandlerState;

fn is_state<T: HandlerState + ?Sized>() {}

#[derive(HandlerState)]
struct Node<T> {
    value: T,
    next: Option<Arc<Node<T>>>,
    itself: Option<Box<Self>>,
}

#[derive(HandlerState)]
struct Tree {
    children: Vec<Tree>,
    parent: Option<Box<Branch>>,
}

#[derive(HandlerState)]
enum Branch {
    Leaf,
    Inner(Tree, Vec<Branch>),
}

#[derive(HandlerState)]
#[handler_state(bound = "T: HandlerState")]
struct Even<T> {
    value: T,
    odd: Option<Box<Odd<T>>>,
}

#[derive(HandlerState)]
#[handler_state(bound = "T: HandlerState,")]
struct Odd<T> {
    even: Option<Box<Even<T>>>,
}

trait Backend {
    type Connection;
}

struct Local;

impl Backend for Local {
    type Connection = u32;
}

#[derive(HandlerState)]
struct Pool<'a, B: Backend + ?Sized, const N: usize = 4>
where
    B::Connection: 'a,
{
    free: [Option<B::Connection>; N],
    explicit: Vec<<B as Backend>::Connection>,
    name: &'a str,
    backend: PhantomData<B>,
}

#[derive(HandlerState)]
struct Unused<T> {
    nothing: PhantomData<T>,
    makes: fn() -> T,
    #[handler_state(trusted = "a set-once cell of our own")]
    vouched: Option<Box<T>>,
}

#[derive(HandlerState)]
struct Unsized<T: ?Sized>(Arc<T>);

fn main() {
    is_state::<Node<String>>();
    is_state::<Tree>();
    is_state::<Even<u8>>();
    is_state::<Pool<'static, Local>>();
    is_state::<Unused<Mutex<u8>>>();
    is_state::<Unsized<str>>();
    is_state::<Unsized<[u8]>>();
}
