//! `macro_rules!` of the sources, expanded: what they make is looked at as if it were written where they are called.
//!
//! Names keep no hygiene, and every token of a definition gets the place of the call.

mod matching;
mod pattern;
mod transcribe;

use std::collections::HashMap;
use std::rc::Rc;

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};

use pattern::Pattern;

/// The limit of tokens of a call; a longer call is data.
const LONGEST: usize = 4_000;

/// The arms of one macro.
#[derive(Debug)]
pub(super) struct Rules {
    arms: Vec<(Vec<Pattern>, TokenStream)>,
}

/// The tokens that a variable of an arm stands for.
#[derive(Clone, Debug)]
enum Bound {
    /// Tokens, and whether they must stay together.
    One(TokenStream, bool),
    /// Once for each repetition; all variables of it share the rounds.
    Many(Rc<[Bindings]>),
}

type Bindings = HashMap<String, Bound>;

impl Rules {
    /// The arms of `macro_rules! name { … }`; arms that are not understood are left out.
    pub(super) fn parse(tokens: TokenStream) -> Self {
        let mut arms = Vec::new();
        let mut rest = tokens.into_iter().peekable();
        while let Some(token) = rest.next() {
            let TokenTree::Group(matcher) = token else { continue };
            let arrow = rest.by_ref().find(|token| matches!(token, TokenTree::Group(_)));
            let Some(TokenTree::Group(body)) = arrow else { break };
            if let Some(pattern) = pattern::parse(matcher.stream()) {
                arms.push((pattern, body.stream()));
            }
        }
        Self { arms }
    }

    /// Returns the expansion of a call with these arguments, by the first arm that takes them.
    pub(super) fn expand(&self, arguments: TokenStream, call: Span) -> Option<TokenStream> {
        let tokens: Vec<TokenTree> = arguments.into_iter().collect();
        if tokens.len() > LONGEST {
            return None;
        }
        self.arms.iter().find_map(|(pattern, body)| {
            let mut bindings = Bindings::new();
            let end = matching::all(pattern, &tokens, 0, &mut bindings)?;
            (end == tokens.len()).then(|| transcribe::transcribe(body.clone(), &bindings, call))
        })
    }
}

/// Returns `true` if two tokens are the same to a matcher.
fn same(a: &TokenTree, b: &TokenTree) -> bool {
    match (a, b) {
        (TokenTree::Ident(a), TokenTree::Ident(b)) => a == b,
        (TokenTree::Punct(a), TokenTree::Punct(b)) => a.as_char() == b.as_char(),
        (TokenTree::Literal(a), TokenTree::Literal(b)) => a.to_string() == b.to_string(),
        _ => false,
    }
}

/// In a group that no brace shows, so that an expression stays one.
fn together(tokens: TokenStream) -> TokenTree {
    TokenTree::Group(proc_macro2::Group::new(Delimiter::None, tokens))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

    use proc_macro2::{Span, TokenStream};

    use super::Rules;

    fn expanded(rules: &str, call: &str) -> Option<String> {
        let rules = Rules::parse(rules.parse::<TokenStream>().unwrap());
        let found = rules.expand(call.parse().unwrap(), Span::call_site())?;
        Some(found.to_string().split_whitespace().collect())
    }

    #[test]
    fn arms_fragments_and_repetitions() {
        let rules = "($name:ident) => { fn $name() {} }; \
                     ($($field:ident : $ty:ty),* $(,)?) => { struct S { $($field: $ty),* } }; \
                     ($e:expr => [$($x:tt)*]) => { { $e; $($x)* } };";
        assert_eq!(expanded(rules, "hits").unwrap(), "fnhits(){}");
        assert_eq!(
            expanded(rules, "a: Mutex<u8>, b: Vec<(u8, u8)>,").unwrap(),
            "structS{a:Mutex<u8>,b:Vec<(u8,u8)>}"
        );
        assert_eq!(expanded(rules, "1 + 2 => [a . b ()]").unwrap(), "{1+2;a.b()}");
        assert_eq!(expanded(rules, "1 2 3"), None);
    }

    #[test]
    fn repetitions_within_each_other() {
        let rules = "($($path:literal => { $($verb:ident $f:path);* })*) => \
                     { r $( $( .route($path, $verb($f)) )* )* }";
        assert_eq!(
            expanded(rules, "\"/a\" => { get a::b; post c } \"/d\" => { get e }").unwrap(),
            "r.route(\"/a\",get(a::b)).route(\"/a\",post(c)).route(\"/d\",get(e))"
        );
    }
}
