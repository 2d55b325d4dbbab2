//! Damaged input: whatever stands below or inside of an attribute, its macro does not panic, says what is wrong,
//! and keeps the item.
//!
//! The damage is made from a seed, so that a failure names one input, and every run sees the same ones.

use std::panic::{AssertUnwindSafe, catch_unwind};

use proc_macro2::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};

use crate::{handler, main_fn};

const ROUNDS: u64 = 10_000;

const OPTIONS: &[&str] = &[
    "",
    r#"timeout = "2s", on_disconnect = "finish""#,
    r#"timeout = "never", name = "checkout", level = "debug", crate = a::b"#,
    r#"level = 3, fields(%id, ?name, count = names.len(), { NAME } = 1, "a b" = %x, later)"#,
];

const ITEMS: &[&str] = &[
    "async fn f() {}",
    "/// Documented.\n#[allow(unused)] pub(crate) async fn f(State(s): State<App>, mut b: String) -> Result<String> { \
     let Some(x) = s.get(b)? else { return Err(\"none\".into()) }; 'a: loop { break 'a; } Ok(x) }",
    "fn f<T: Clone, const N: usize>(self: Arc<Self>, State(ref t): State<[T; N]>, _: impl Fn(&T)) -> impl IntoResponse \
     where T: Send, for<'a> &'a T: Into<u8> { use a::B; const C: u8 = 1; C.to_string() }",
    "#[tracing::instrument(err, skip(self))] async fn f<'a>(&'a self, #[cfg(unix)] x: &'a str) -> Json<impl Serialize + 'a> \
     { #![allow(unused)] json!({ \"a\": x }) }",
    "async fn f() -> Result<impl IntoResponse + use<>, Box<dyn Error>> { match x { A { b, .. } if b => 1, _ => 2 } }",
    "unsafe extern \"C\" fn f(x: u32, _: ...) -> ! { loop {} }",
    "const fn f(name: Option<&str>) -> u8 { 1 }",
    "impl S { async fn f(&self) {} }",
    "trait T { async fn f(&self) -> u8; }",
    "struct S<T>(T) where T: Copy;",
    "async fn f(&self) -> u8;",
];

/// What is put in the place of other tokens.
const WORDS: &[&str] = &[
    "fn", "async", "impl", "dyn", "where", "unsafe", "const", "extern", "self", "Self", "mut",
    "ref", "return", "let", "r#type", "timeout", "fields", "level", "name", "crate", "_",
];
const MARKS: &[char] =
    &[',', ';', ':', '<', '>', '&', '=', '!', '?', '%', '.', '-', '|', '#', '\'', '*', '@'];

/// Steele and Vigna's SplitMix64, which is all that is needed here.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit.max(1) as u64).expect("below a usize")
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }
}

/// One change at one place, which may be inside of a group.
fn damage(random: &mut Random, tokens: TokenStream) -> TokenStream {
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

/// Damages options, item or both, and has `expand` and `judge` look at each.
fn each_damaged(
    seed: u64,
    expand: fn(TokenStream, TokenStream) -> TokenStream,
    judge: impl Fn(&TokenStream, &TokenStream) -> Result<(), String>,
) {
    for round in 0..ROUNDS {
        let mut random = Random(seed ^ (round << 8));
        let mut options: TokenStream = random.pick(OPTIONS).parse().expect("tokens");
        let mut item: TokenStream = random.pick(ITEMS).parse().expect("tokens");
        for _ in 0..random.below(4) {
            if random.below(3) == 0 {
                options = damage(&mut random, options);
            } else {
                item = damage(&mut random, item);
            }
        }
        let expanded = catch_unwind(AssertUnwindSafe(|| expand(options.clone(), item.clone())));
        let verdict = match &expanded {
            Ok(expansion) => judge(&item, expansion),
            Err(_) => Err("the macro panicked".to_owned()),
        };
        if let Err(wrong) = verdict {
            panic!("round {round}: {wrong}\n{options}\n{item}\n{expanded:?}");
        }
    }
}

fn has_error(expansion: &TokenStream) -> bool {
    // Its own refusal of `panic = "abort"` has parentheses.
    expansion.to_string().contains("compile_error ! {")
}

/// The name of the first function, which whoever calls it looks for.
fn function(item: &TokenStream) -> Option<Ident> {
    let mut tokens = item.clone().into_iter();
    tokens.find(|token| matches!(token, TokenTree::Ident(word) if word == "fn"))?;
    match tokens.next()? {
        TokenTree::Ident(name) => Some(name),
        _ => None,
    }
}

fn contains(tokens: &TokenStream, name: &Ident) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Ident(word) => word == *name,
        TokenTree::Group(group) => contains(&group.stream(), name),
        _ => false,
    })
}

fn keeps_the_item(item: &TokenStream, expansion: &TokenStream) -> Result<(), String> {
    match function(item) {
        Some(name) if !contains(expansion, &name) => Err(format!("`{name}` is lost")),
        _ if !item.is_empty() && expansion.is_empty() => Err("everything is lost".to_owned()),
        _ => Ok(()),
    }
}

/// What syn can read, whatever comes out of it must be readable, too.
fn stays_readable(item: &TokenStream, expansion: &TokenStream) -> Result<(), String> {
    if syn::parse2::<syn::ItemFn>(item.clone()).is_ok() {
        let file = syn::parse2::<syn::File>(expansion.clone());
        file.map_err(|error| format!("it does not parse any more: {error}"))?;
    }
    Ok(())
}

#[test]
fn a_damaged_handler_is_an_error_or_guarded() {
    each_damaged(1, handler::expand, |item, expansion| {
        keeps_the_item(item, expansion)?;
        stays_readable(item, expansion)?;
        let guard = Ident::new("Guarded", Span::call_site());
        // With `err` or `ret` it is written again, below the attribute that has these.
        let again = Ident::new("handler", Span::call_site());
        if !has_error(expansion) && !contains(expansion, &guard) && !contains(expansion, &again) {
            return Err("it is neither refused nor guarded".to_owned());
        }
        Ok(())
    });
}

#[test]
fn a_damaged_main_is_an_error_or_runs_on_a_runtime() {
    each_damaged(2, main_fn::expand, |item, expansion| {
        keeps_the_item(item, expansion)?;
        stays_readable(item, expansion)?;
        let runs = Ident::new("block_on_main", Span::call_site());
        if !has_error(expansion) && !contains(expansion, &runs) {
            return Err("it is neither refused nor run".to_owned());
        }
        Ok(())
    });
}

/// The other tests would pass if the damage were always beyond repair.
#[test]
fn the_damage_is_of_every_kind() {
    let refused = std::cell::Cell::new(0_u64);
    each_damaged(1, handler::expand, |_, expansion| {
        refused.set(refused.get() + u64::from(has_error(expansion)));
        Ok(())
    });
    let (refused, guarded) = (refused.get(), ROUNDS - refused.get());
    assert!(guarded > ROUNDS / 10 && refused > ROUNDS / 10, "{guarded} guarded, {refused} refused");
}
