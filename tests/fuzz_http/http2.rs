//! HTTP/2 frames: sensible ones, those of any kind on any stream, head blocks that are none; and what may
//! come back.

use fastrand::Rng;

use super::common::http2::{frame, get, kind, reset};
use super::mutation::damage;

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

pub(crate) fn is_http2(bytes: &[u8]) -> bool {
    bytes.starts_with(PREFACE)
}

/// All that a client sends.
pub(crate) fn bytes(random: &mut Rng, seed: u64) -> Vec<u8> {
    let mut bytes = PREFACE.to_vec();
    if random.u8(..16) != 0 {
        bytes.extend(frame(kind::SETTINGS, 0, 0, &settings(random)));
    }
    let mut stream = 1;
    for _ in 0..random.usize(1..20) {
        match random.u8(..10) {
            0..=3 => {
                bytes.extend(get(stream, ["/ok", "/echo/10", "/echo/70000"][random.usize(..3)]));
                stream += 2;
            }
            4 => {
                bytes.extend(post(random, stream, seed));
                stream += 2;
            }
            5 => {
                bytes.extend(frame(kind::HEADERS, random.u8(..), stream, &block(random)));
                stream += 2;
            }
            6 => bytes.extend(reset(random.u32(..stream + 2))),
            7 => bytes.extend(window_update(random, stream)),
            _ => {
                let payload: Vec<u8> = (0..random.usize(..64)).map(|_| random.u8(..)).collect();
                let on = if random.bool() { random.u32(..stream + 2) } else { random.u32(..) };
                bytes.extend(frame(random.u8(..12), random.u8(..), on, &payload));
            }
        }
        // A frame of which the length is a lie makes nonsense of all that follows.
        if random.u8(..40) == 0 {
            bytes.extend([random.u8(..), random.u8(..), random.u8(..), random.u8(..12)]);
        }
    }
    if random.u8(..16) != 0 {
        // Then the server closes when it has answered, and not when it has no more patience.
        bytes.extend(frame(kind::GOAWAY, 0, 0, &[0; 8]));
    }
    if random.u8(..4) == 0 {
        let mut rest = bytes.split_off(PREFACE.len());
        damage(random, &mut rest);
        bytes.extend(rest);
    }
    bytes
}

fn settings(random: &mut Rng) -> Vec<u8> {
    let mut settings = Vec::new();
    for _ in 0..random.usize(..4) {
        let name: u16 = random.u16(..9);
        let value = match random.u8(..4) {
            0 => 0,
            1 => u32::MAX,
            2 => 0x7fff_ffff,
            _ => random.u32(..100_000),
        };
        settings.extend(name.to_be_bytes());
        settings.extend(value.to_be_bytes());
    }
    if random.u8(..10) == 0 {
        settings.push(0);
    }
    settings
}

/// With a body that may be longer or shorter than it says, in frames with or without padding.
fn post(random: &mut Rng, stream: u32, seed: u64) -> Vec<u8> {
    const END_HEADERS: u8 = 0x4;
    const PADDED: u8 = 0x8;
    let body = vec![b'x'; random.usize(1..40_000)];
    // `POST`, `http`, and spelled out: path, authority, a length, an id (RFC 7541, 6).
    let mut head = vec![0x83, 0x86];
    let length = if random.u8(..3) == 0 { random.usize(..50_000) } else { body.len() };
    let (length, id) = (length.to_string(), format!("fuzz-{seed}"));
    for (name, value) in [
        (":path", ["/upload", "/json"][random.usize(..2)]),
        (":authority", "test"),
        ("content-length", &length),
        ("x-request-id", &id),
    ] {
        head.push(0);
        for text in [name, value] {
            head.push(u8::try_from(text.len()).expect("a short text"));
            head.extend(text.bytes());
        }
    }
    let mut bytes = frame(kind::HEADERS, END_HEADERS, stream, &head);
    let mut chunks = body.chunks(random.usize(100..16_000)).peekable();
    while let Some(chunk) = chunks.next() {
        let mut payload = chunk.to_vec();
        let mut flags = u8::from(chunks.peek().is_none() && random.u8(..8) != 0);
        if random.u8(..8) == 0 {
            flags |= PADDED;
            payload.insert(0, random.u8(..));
        }
        bytes.extend(frame(kind::DATA, flags, stream, &payload));
    }
    bytes
}

/// Returns the block of a head: indices, sizes and texts as they come.
fn block(random: &mut Rng) -> Vec<u8> {
    let mut block = if random.bool() { vec![0x82, 0x86, 0x84] } else { Vec::new() };
    for _ in 0..random.usize(..30) {
        match random.u8(..5) {
            0 => block.push(0x80 | random.u8(..)),
            1 => block.extend([0x3f, random.u8(..), random.u8(..)]),
            2 => block.extend([0xff, 0xff, 0xff, 0xff, random.u8(..)]),
            3 => {
                block.push(0x40);
                for _ in 0..2 {
                    let huffman = random.u8(..2) << 7;
                    let text: Vec<u8> = (0..random.u8(..20)).map(|_| random.u8(..)).collect();
                    block.push(huffman | u8::try_from(text.len()).expect("a short text"));
                    block.extend(text);
                }
            }
            _ => block.push(random.u8(..)),
        }
    }
    block
}

fn window_update(random: &mut Rng, stream: u32) -> Vec<u8> {
    const WINDOW_UPDATE: u8 = 8;
    let by = [0, 1, 0x7fff_ffff, random.u32(..)][random.usize(..4)];
    frame(WINDOW_UPDATE, 0, random.u32(..stream + 2), &by.to_be_bytes())
}

/// The kinds of the frames, whole ones, that the server has sent.
fn frames(answer: &[u8]) -> Result<Vec<u8>, String> {
    /// The largest frame that settings can allow (RFC 9113, 6.5.2).
    const LARGEST: usize = (1 << 24) - 1;
    let mut kinds = Vec::new();
    let mut rest = answer;
    while let [a, b, c, kind, _flags, _, _, _, _, after @ ..] = rest {
        let length = u32::from_be_bytes([0, *a, *b, *c]) as usize;
        if *kind > 9 || length > LARGEST {
            return Err(format!("a frame of kind {kind}, {length} bytes long"));
        }
        kinds.push(*kind);
        // The last one may have been cut off.
        rest = after.get(length..).unwrap_or_default();
    }
    Ok(kinds)
}

pub(crate) fn has_response(answer: &[u8]) -> bool {
    frames(answer).is_ok_and(|kinds| kinds.contains(&kind::HEADERS))
}

/// # Errors
/// The mistake: it does not begin with settings, or is followed by something else than frames.
pub(crate) fn judge(answer: &[u8]) -> Result<(), String> {
    match frames(answer)?.first() {
        None | Some(&kind::SETTINGS) => Ok(()),
        // It takes the first piece for HTTP/1 if that is no whole preface at the end.
        Some(_) => Err("it does not begin with settings".to_owned()),
    }
}
