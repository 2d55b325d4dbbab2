//! One pass over the bytes of a file: the text that is parsed is the source with blanks over all that
//! cannot matter, so that lines, columns and offsets stay what they were.

use std::collections::HashMap;
use std::rc::Rc;

mod items;
mod mentions;
mod nesting;

use super::scan::{self, comment, opaque, starts_word, word_end};
use super::{Name, Place};

/// The text of a file that is left for the parser, and facts about it.
#[derive(Debug)]
pub struct Skim {
    pub text: String,
    /// `true` if its bodies are parsed.
    pub matters: bool,
    /// Whether it names what servers are made of.
    pub server: bool,
    /// The calls of bodies that were left out, by the offset of each opening brace.
    pub mentions: Rc<HashMap<usize, Box<[Name]>>>,
}

/// Which bodies of functions are left for the parser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bodies {
    /// All: nothing but comments is left out, so that a mistake anywhere is seen.
    All,
    /// Those of files that register handlers, accept connections or print.
    OfServers,
    /// Only those that statics stand in: types and signatures are asked for.
    WithStatics,
}

/// Returns a file's text for the parser.
///
/// # Errors
/// The token that never ends, does not match, or nests too deep (more than `depth` tokens of one expression around
/// each other), and where.
pub fn skim(source: &str, depth: usize, bodies: Bodies) -> Result<Skim, (Place, String)> {
    let mut skimmer = Skimmer {
        bytes: source.as_bytes(),
        out: source.as_bytes().to_vec(),
        open: Vec::new(),
        blanks: Vec::new(),
        tests: Vec::new(),
        run: 0,
        base: 0,
        depth,
        pending: Pending::Nothing,
        matters: false,
        server: false,
    };
    skimmer.run().map_err(|(at, words)| (Place::of(source, at), words))?;
    if bodies != Bodies::All {
        // Nothing is reported on tests, and nothing else can use what they have.
        for (start, end) in std::mem::take(&mut skimmer.tests) {
            skimmer.blank(start, end);
        }
    }
    let matters = match bodies {
        Bodies::All => true,
        Bodies::OfServers => skimmer.matters,
        Bodies::WithStatics => false,
    };
    let mut mentions = Rc::default();
    if !matters {
        if bodies == Bodies::OfServers {
            mentions = Rc::new(skimmer.mentions());
        }
        for (start, end, filler) in std::mem::take(&mut skimmer.blanks) {
            skimmer.blank(start, end);
            if let Some(filler) = filler {
                skimmer.out[start] = filler;
            }
        }
    }
    let text = String::from_utf8(skimmer.out).expect("whole characters were replaced by spaces");
    Ok(Skim { text, matters, server: skimmer.server, mentions })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Pending {
    Nothing,
    /// `fn name` was read: the next brace at this depth is its body.
    Function(usize),
    /// `const` or `static` was read: from the next `=` to the `;` at this depth is its value.
    Value(usize),
    ValueFrom(usize, usize),
    /// `#[cfg(test)] mod name` was read.
    Tests(usize),
}

struct Open {
    delimiter: u8,
    at: usize,
    /// Tokens of the expression around it.
    run: usize,
    /// The body of a function.
    body: bool,
    tests: bool,
    /// An item in it is looked for even if nothing else matters.
    keep: bool,
    /// Inside of the arguments of a macro.
    of_macro: bool,
}

struct Skimmer<'a> {
    bytes: &'a [u8],
    out: Vec<u8>,
    open: Vec<Open>,
    /// From, to, and what must stand there instead.
    blanks: Vec<(usize, usize, Option<u8>)>,
    /// Modules of tests, from and to.
    tests: Vec<(usize, usize)>,
    run: usize,
    base: usize,
    depth: usize,
    pending: Pending,
    matters: bool,
    server: bool,
}

type Problem = (usize, String);

/// `/// …`, `/** … */`, but not `//// …`, `/*** … */` and `/**/`.
fn is_doc(comment: &[u8]) -> bool {
    match comment {
        [b'/', b'/', b'/', rest @ ..] => rest.first() != Some(&b'/'),
        [b'/', b'*', b'*', rest @ ..] => !matches!(rest.first(), None | Some(b'*' | b'/')),
        _ => false,
    }
}

impl Skimmer<'_> {
    fn blank(&mut self, start: usize, end: usize) {
        for byte in &mut self.out[start..end] {
            if *byte != b'\n' && *byte != b'\r' {
                *byte = b' ';
            }
        }
    }

    /// Returns what the bodies call that are left out, those within others together with those.
    fn mentions(&self) -> HashMap<usize, Box<[Name]>> {
        let mut found = HashMap::new();
        let mut outer = 0..0;
        // An outer item ends after those in it.
        for (start, end, filler) in self.blanks.iter().rev() {
            if filler.is_none() && !outer.contains(start) {
                outer = *start..*end;
                let names = mentions::of(&self.out[outer.clone()]);
                found.insert(start - 1, names);
            }
        }
        found
    }

    fn run(&mut self) -> Result<(), Problem> {
        let mut at = self.head();
        while at < self.bytes.len() {
            at = self.token(at)?;
        }
        match self.open.last() {
            Some(open) => Err((open.at, "this delimiter is never closed".to_owned())),
            None => Ok(()),
        }
    }

    /// A byte order mark and a `#!` line are none of Rust's tokens.
    fn head(&mut self) -> usize {
        let mut at = 0;
        if self.bytes.starts_with(b"\xef\xbb\xbf") {
            at = 3;
        }
        let rest = &self.bytes[at..];
        if rest.starts_with(b"#!") && !rest[2..].trim_ascii_start().starts_with(b"[") {
            at = scan::line_end(self.bytes, at);
        }
        self.blank(0, at);
        at
    }

    fn token(&mut self, at: usize) -> Result<usize, Problem> {
        let byte = self.bytes[at];
        if byte.is_ascii_whitespace() {
            return Ok(at + 1);
        }
        if byte == b'/'
            && let Some(end) = comment(self.bytes, at)
        {
            let end = end.map_err(|words| (at, words.to_owned()))?;
            // In a macro's call it is an attribute, which the macro's pattern may ask for.
            let is_kept =
                is_doc(&self.bytes[at..end]) && self.open.last().is_some_and(|o| o.of_macro);
            if !is_kept {
                self.blank(at, end);
            }
            return Ok(end);
        }
        self.count(at)?;
        if let Some(end) = opaque(self.bytes, at) {
            return end
                .map(|end| end.min(self.bytes.len()))
                .map_err(|words| (at, words.to_owned()));
        }
        if byte == b'\'' {
            // A lifetime: `'static` is no item.
            return Ok(word_end(self.bytes, at + 1));
        }
        if starts_word(byte) {
            let end = word_end(self.bytes, at);
            self.word(at, end);
            return Ok(end);
        }
        match byte {
            b'{' | b'(' | b'[' => self.opens(byte, at)?,
            b'}' | b')' | b']' => self.closes(byte, at)?,
            b';' => {
                self.ends_value(at);
                if self.pending == Pending::Function(self.open.len())
                    || self.pending == Pending::Tests(self.open.len())
                {
                    self.pending = Pending::Nothing;
                }
                self.run = 0;
            }
            b',' => self.run = 0,
            b'=' => {
                if self.pending == Pending::Value(self.open.len()) {
                    self.pending = Pending::ValueFrom(self.open.len(), at + 1);
                }
                if self.bytes.get(at + 1) == Some(&b'>') {
                    self.run = 0;
                }
            }
            b'#' if self.bytes[at..].starts_with(b"#[cfg(test)]") => return Ok(self.tests(at)),
            _ => {}
        }
        Ok(at + 1)
    }

    fn count(&mut self, at: usize) -> Result<(), Problem> {
        self.run += 1;
        if self.base + self.run > self.depth {
            return Err((at, "an expression is too long or nests too deep".to_owned()));
        }
        Ok(())
    }
}
