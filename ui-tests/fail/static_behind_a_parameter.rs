//! An associated constant that refers to a lock, of a type whose parameter only the code around it determines.

use std::sync::{Mutex, RwLock};

static COUNT: Mutex<u32> = Mutex::new(0);
static NAMES: RwLock<Vec<String>> = RwLock::new(Vec::new());

struct Shards<const N: usize>;

impl<const N: usize> Shards<N> {
    const FIRST: (Shards<N>, &'static Mutex<u32>) = (Shards, &COUNT);
    const ALL: [Option<(Shards<N>, &'static RwLock<Vec<String>>)>; 1] = [Some((Shards, &NAMES))];
}

fn first(shard: (Shards<3>, &'static Mutex<u32>)) -> u32 {
    *shard.1.lock().unwrap()
}

#[oserver::handler]
async fn argument() -> String {
    first(Shards::FIRST).to_string()
}

#[oserver::handler]
fn iterated() -> String {
    let mut names = 0;
    for row in Shards::ALL {
        let Some((shard, list)) = row else { continue };
        let _: Shards<2> = shard;
        names += list.read().unwrap().len();
    }
    names.to_string()
}

fn main() {}
