//! Token streams with something wrong in them, made from a seed.

use proc_macro2::{Delimiter, Group, Literal, Punct, Spacing, TokenStream, TokenTree};

/// The tokens that are put in the place of other tokens.
const WORDS: &[&str] = &[
    "fn", "async", "impl", "dyn", "where", "unsafe", "const", "extern", "self", "Self", "mut",
    "ref", "return", "let", "r#type", "timeout", "fields", "level", "name", "crate", "_",
];
const MARKS: &[char] =
    &[',', ';', ':', '<', '>', '&', '=', '!', '?', '%', '.', '-', '|', '#', '\'', '*', '@'];

/// Steele and Vigna's SplitMix64, which is all that is needed here.
pub(super) struct Random(pub(super) u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(super) fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit.max(1) as u64).expect("below a usize")
    }

    pub(super) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }
}

/// One change at one place, which may be inside of a group.
pub(super) fn damage(random: &mut Random, tokens: TokenStream) -> TokenStream {
    let mut tokens: Vec<TokenTree> = tokens.into_iter().collect();
    if tokens.is_empty() {
        return token(random).into();
    }
    let at = random.below(tokens.len());
    if let TokenTree::Group(group) = &tokens[at]
        && random.below(4) != 0
    {
        tokens[at] = Group::new(group.delimiter(), damage(random, group.stream())).into();
        return tokens.into_iter().collect();
    }
    match random.below(7) {
        0 => drop(tokens.remove(at)),
        1 => tokens.insert(at, tokens[at].clone()),
        2 => {
            let other = random.below(tokens.len());
            tokens.swap(at, other);
        }
        3 => tokens[at] = token(random),
        4 => tokens.insert(at, token(random)),
        5 => tokens.truncate(at),
        _ => {
            let inside = match &tokens[at] {
                TokenTree::Group(group) => group.stream(),
                other => other.clone().into(),
            };
            tokens[at] = Group::new(delimiter(random), inside).into();
        }
    }
    tokens.into_iter().collect()
}

fn token(random: &mut Random) -> TokenTree {
    match random.below(5) {
        0 | 1 => syn::parse_str::<TokenTree>(random.pick(WORDS)).expect("a word"),
        2 | 3 => {
            Punct::new(random.pick(MARKS), random.pick(&[Spacing::Alone, Spacing::Joint])).into()
        }
        _ => Literal::string("2s").into(),
    }
}

fn delimiter(random: &mut Random) -> Delimiter {
    random.pick(&[Delimiter::Parenthesis, Delimiter::Brace, Delimiter::Bracket, Delimiter::None])
}
