//! Damage to bytes.

use fastrand::Rng;

/// The byte strings that parsers look for, and fail on.
const WORDS: &[&[u8]] = &[
    b"\r\n",
    b"\n",
    b"\r",
    b"\r\n\r\n",
    b"\0",
    b"\xff",
    b" ",
    b"\t",
    b":",
    b"\x80",
    b"HTTP/1.1",
    b"HTTP/1.0",
    b"content-length: 0\r\n",
    b"content-length: 18446744073709551616\r\n",
    b"content-length: -1\r\n",
    b"transfer-encoding: chunked\r\n",
    b"transfer-encoding: gzip, chunked\r\n",
    b"connection: close\r\n",
    b"connection: upgrade\r\nupgrade: websocket\r\n",
    b"expect: 100-continue\r\n",
    b"host: other\r\n",
    b"0\r\n\r\n",
    b"ffffffffffffffff\r\n",
    b"5;name=\"value\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"%00",
    b"%zz",
    b"/../..",
    b"?",
    b"#",
    b"{",
    b"\xf0\x9f\xa6\x80",
];

/// Changes a few places.
pub(crate) fn damage(random: &mut Rng, bytes: &mut Vec<u8>) {
    for _ in 0..random.usize(1..6) {
        let at = random.usize(..=bytes.len());
        let end = at + random.usize(..=(bytes.len() - at).min(16));
        match random.u8(..8) {
            0 => drop(bytes.drain(at..end)),
            1 => bytes.truncate(at),
            2 => {
                let again = bytes[at..end].to_vec();
                bytes.splice(at..at, again);
            }
            3 => drop(bytes.splice(at..end, word(random).iter().copied())),
            4 => drop(bytes.splice(at..at, word(random).iter().copied())),
            5 => bytes[at..end].fill_with(|| random.u8(..)),
            6 => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << random.u8(..8);
                }
            }
            _ => {
                let long = vec![random.u8(..); random.usize(1..70_000)];
                bytes.splice(at..at, long);
            }
        }
    }
}

fn word(random: &mut Rng) -> &'static [u8] {
    WORDS[random.usize(..WORDS.len())]
}
