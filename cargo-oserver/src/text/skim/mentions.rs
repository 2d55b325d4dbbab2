//! Names that a body calls or reads, taken from its bytes: enough to follow the calls of a body that no parser reads.

use crate::known;
use crate::text::Name;
use crate::text::scan::{opaque, skip_space, starts_word, word_end};

/// Words before a parenthesis that call nothing, and calls that lead nowhere.
const SKIPPED: &[&str] = &[
    "if",
    "match",
    "while",
    "for",
    "in",
    "return",
    "fn",
    "move",
    "await",
    "let",
    "else",
    "loop",
    "as",
    "dyn",
    "impl",
    "where",
    "drop",
    "matches",
    "Box::new",
    "Arc::new",
    "Rc::new",
    "Vec::new",
    "String::new",
    "String::from",
    "HashMap::new",
    "Default::default",
    "Vec::with_capacity",
    "Duration::from_secs",
    "Duration::from_millis",
    "Instant::now",
    "format",
    "vec",
];

/// Methods that lead nowhere.
const METHODS: &[&str] = &[
    "clone",
    "unwrap",
    "expect",
    "into",
    "iter",
    "into_iter",
    "map",
    "map_err",
    "to_string",
    "to_owned",
    "to_vec",
    "as_ref",
    "as_mut",
    "as_str",
    "as_bytes",
    "as_slice",
    "len",
    "is_empty",
    "push",
    "push_str",
    "collect",
    "ok",
    "err",
    "is_some",
    "is_none",
    "is_ok",
    "is_err",
    "unwrap_or",
    "unwrap_or_else",
    "unwrap_or_default",
    "ok_or",
    "ok_or_else",
    "context",
    "with_context",
    "and_then",
    "or_else",
    "filter",
    "filter_map",
    "flat_map",
    "find",
    "any",
    "all",
    "fold",
    "enumerate",
    "zip",
    "chain",
    "take",
    "skip",
    "rev",
    "next",
    "get",
    "get_mut",
    "insert",
    "remove",
    "contains",
    "contains_key",
    "entry",
    "extend",
    "cloned",
    "copied",
    "await",
    "trim",
    "split",
    "join",
    "parse",
    "starts_with",
    "ends_with",
    "replace",
    "min",
    "max",
    "cmp",
    "eq",
    "try_into",
    "from",
    "borrow",
    "to_lowercase",
    "to_uppercase",
    "first",
    "last",
    "keys",
    "values",
    "sort",
    "sort_by",
    "dedup",
];

/// `a::b::call`, `a::NAME`, `.method`, and `self.field.method`: sorted and each once. `body` has no comments. The calls
/// that are given the closure around a name, and those that run their arguments where blocking is allowed, stand before
/// it: `a::spawn(b::call`.
pub(super) fn of(body: &[u8]) -> Box<[Name]> {
    let mut look = Look { bytes: body, found: Vec::new(), open: Vec::new(), callee: None };
    let (mut at, mut chain) = (0, None);
    while at < body.len() {
        let byte = body[at];
        if byte.is_ascii_whitespace() {
            at += 1;
        } else if let Some(end) = opaque(body, at) {
            (at, chain) = (end.unwrap_or(body.len()).min(body.len()), None);
        } else if byte == b'\'' || byte.is_ascii_digit() {
            (at, chain) = (word_end(body, at + 1), None);
        } else if starts_word(byte) {
            (at, chain) = look.path(at);
        } else if byte == b'.' {
            let name = skip_space(body, at + 1);
            if name < body.len() && starts_word(body[name]) {
                (at, chain) = look.member(name, chain);
            } else {
                (at, chain) = (at + 1, None);
            }
        } else {
            // `self.pool?.get()`
            chain = chain.filter(|_| byte == b'?');
            look.punctuation(at);
            at += 1;
        }
    }
    let mut found = look.found;
    found.sort_unstable();
    found.dedup();
    found.into()
}

struct Look<'b> {
    bytes: &'b [u8],
    found: Vec<Name>,
    /// The delimiters around the current byte; with the calls that they belong to.
    open: Vec<Option<Call>>,
    /// The call whose parenthesis is the next token.
    callee: Option<String>,
}

struct Call {
    callee: String,
    /// `true` if names in its arguments are told apart from others.
    matters: bool,
}

impl Look<'_> {
    fn text(&self, start: usize, end: usize) -> &str {
        std::str::from_utf8(&self.bytes[start..end]).unwrap_or_default()
    }

    fn next(&self, at: usize) -> u8 {
        self.bytes.get(skip_space(self.bytes, at)).copied().unwrap_or_default()
    }

    fn punctuation(&mut self, at: usize) {
        let byte = self.bytes[at];
        match byte {
            b'(' | b'[' | b'{' => {
                let callee = self.callee.take().filter(|_| byte == b'(');
                self.open.push(callee.map(|callee| {
                    let matters = known::offloads(callee.trim_start_matches('.'), "");
                    Call { callee, matters }
                }));
            }
            b')' | b']' | b'}' => drop(self.open.pop()),
            b'|' => {
                let before = self.bytes[..at].trim_ascii_end();
                let opens =
                    [&b"("[..], b",", b"&", b"move"].iter().any(|end| before.ends_with(end));
                if let Some(Some(call)) = self.open.last_mut().filter(|_| opens) {
                    call.matters = true;
                }
            }
            _ => {}
        }
    }

    fn add(&mut self, name: &str) {
        let around = self.open.iter().flatten().filter(|call| call.matters);
        let mut whole: String = around.flat_map(|call| [&*call.callee, "("]).collect();
        whole.push_str(name);
        self.found.push(whole.into());
    }

    /// A path that starts here: returns the byte after it, and `self` if it is that.
    fn path(&mut self, start: usize) -> (usize, Option<String>) {
        let mut end = word_end(self.bytes, start);
        let mut path = self.text(start, end).to_owned();
        let mut segments = 1;
        loop {
            let colons = skip_space(self.bytes, end);
            if !self.bytes[colons..].starts_with(b"::") {
                break;
            }
            let next = skip_space(self.bytes, colons + 2);
            match self.bytes.get(next) {
                Some(b'<') => end = arguments_end(self.bytes, next),
                Some(byte) if starts_word(*byte) => {
                    end = word_end(self.bytes, next);
                    path.push_str("::");
                    path.push_str(self.text(next, end));
                    segments += 1;
                }
                _ => break,
            }
        }
        if path == "self" {
            return (end, Some(path));
        }
        let last = path.rsplit("::").next().unwrap_or_default();
        let calls =
            self.next(end) == b'(' && (segments > 1 || !last.starts_with(char::is_uppercase));
        if (calls || segments > 1 || constant(last)) && !SKIPPED.contains(&&*path) {
            self.add(&path);
            self.callee = calls.then_some(path);
        }
        (end, None)
    }

    /// The name after a `.`, and the fields from `self` on before it.
    fn member(&mut self, start: usize, chain: Option<String>) -> (usize, Option<String>) {
        let end = word_end(self.bytes, start);
        let name = self.text(start, end).to_owned();
        let after = skip_space(self.bytes, end);
        let generic = self.bytes[after..].starts_with(b"::<");
        let end = if generic { arguments_end(self.bytes, after + 2) } else { end };
        if self.next(end) != b'(' {
            return (end, chain.filter(|_| name != "await").map(|chain| format!("{chain}.{name}")));
        }
        match chain {
            Some(chain) => self.add(&format!("{chain}.{name}")),
            None if METHODS.contains(&&*name) => {}
            None => self.add(&format!(".{name}")),
        }
        self.callee = known::offloads(&name, "").then(|| format!(".{name}"));
        (end, None)
    }
}

/// `NAME`
fn constant(name: &str) -> bool {
    let capital = |byte: u8| byte.is_ascii_uppercase() || byte == b'_' || byte.is_ascii_digit();
    name.len() > 1 && name.bytes().all(capital)
}

/// Returns the byte after the generic arguments that start at `at`.
fn arguments_end(bytes: &[u8], at: usize) -> usize {
    let mut depth = 0_usize;
    for (index, byte) in bytes.iter().enumerate().skip(at) {
        match byte {
            b'<' => depth += 1,
            b'>' if bytes[index - 1] != b'-' => {
                depth -= 1;
                if depth == 0 {
                    return index + 1;
                }
            }
            b';' | b'{' => return at + 1,
            _ => {}
        }
    }
    at + 1
}

#[cfg(test)]
mod tests {
    use super::of;

    fn names(body: &str) -> Vec<String> {
        of(body.as_bytes()).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn calls_statics_and_fields_of_self_are_named() {
        let body = r#"
            let x = super::cache::load::<Vec<u8>>(key)?.merge(OTHER);
            if (ready(x)) { self.pool.db.take_lock().await?; self.flush(); }
            log::info!("call_in_text() {}", helper(1)); let y = Some(Kind::Small); 'a: loop { CACHE.lock() }
            REGISTRY . entries::<u8> (); match self.inner?.state { _ => other_call() }
        "#;
        let wanted = [
            ".entries",
            ".lock",
            ".merge",
            "CACHE",
            "Kind::Small",
            "OTHER",
            "REGISTRY",
            "helper",
            "log::info",
            "other_call",
            "ready",
            "self.flush",
            "self.pool.db.take_lock",
            "super::cache::load",
        ];
        assert_eq!(names(body), wanted);
    }

    #[test]
    fn names_in_closures_stand_behind_the_calls_that_are_given_the_closures() {
        let body = r#"
            task::spawn_blocking(move || one(2, [two(")")])).await;
            thread::spawn::<u8>(|| three()); pool.spawn_blocking(by::name); list.map(|_| four());
            outer(five(), |x| { inner(|| six(x)); six(7) }, seven(8)); eight(if a | b { nine() }); (ten(), spawn!(|| ten()));
        "#;
        let found = names(body);
        let inside: Vec<&str> =
            found.iter().filter(|name| name.contains('(')).map(|name| &**name).collect();
        let wanted_inside = [
            ".spawn_blocking(by::name",
            "outer(inner",
            "outer(inner(six",
            "outer(seven",
            "outer(six",
            "task::spawn_blocking(one",
            "task::spawn_blocking(two",
            "thread::spawn(three",
        ];
        assert_eq!(inside, wanted_inside);
        for outside in [
            "five",
            "four",
            "nine",
            "outer",
            "ten",
            "task::spawn_blocking",
            "thread::spawn",
            ".spawn_blocking",
        ] {
            assert!(found.iter().any(|name| name == outside), "{outside}: {found:?}");
        }
    }

    #[test]
    fn strings_lifetimes_numbers_and_keywords_are_no_calls() {
        assert_eq!(
            names(r##"let x: &'static str = r#"a::b()"#; 1.max(2); if (x) { return (y) }"##),
            [""; 0]
        );
        assert_eq!(names("a < b; c::<d(e"), ["d"]);
    }
}
