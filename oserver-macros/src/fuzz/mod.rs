//! Damaged input: whatever stands below or inside of an attribute, its macro does not panic, says what is wrong,
//! and keeps the item.
//!
//! The damage is made from a seed, so that a failure names one input, and every run sees the same ones.

use std::panic::{AssertUnwindSafe, catch_unwind};

use proc_macro2::{Ident, Span, TokenStream, TokenTree};

use self::damage::{Random, damage};
use crate::context::Exporter;
use crate::handler_state::Derived;
use crate::{actor, handler, handler_state, main_fn};

mod damage;

const ROUNDS: u64 = 10_000;

/// The inputs that are damaged: each option with each item.
#[derive(Clone, Copy)]
struct Corpus {
    options: &'static [&'static str],
    items: &'static [&'static str],
}

const FUNCTIONS: Corpus = Corpus { options: OPTIONS, items: ITEMS };

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

const IMPLS: Corpus = Corpus {
    options: &[
        "",
        r#"handle = Asks, mailbox_capacity = 16, timeout = "2s""#,
        r#"stop = close, timeout = "never", crate = a::b"#,
    ],
    items: &[
        "impl Counter { pub fn add(&mut self, by: u32) -> u32 { self.0 += by; self.0 } fn close(&mut self) {} }",
        "/// Documented.\n#[allow(unused)] impl a::Cache<String> { /// Gets.\n pub async fn get(&self, key: String, \
         (a, _): (u8, u8)) -> Option<Vec<u8>> { self.map.get(&key).cloned() } #[cfg(unix)] pub(crate) fn put(self: &mut Self, \
         mut value: Box<dyn Fn(&u8) -> &u8 + Send>) {} pub async fn close(&mut self) {} pub fn new() -> Self { Self } pub const N: u8 = 1; }",
        "impl Files { pub fn read(&mut self, at: [u8; 4]) -> io::Result<()> { todo!(\"later\") } async fn close(&mut self) {} type A = u8; call! {} }",
        "impl<T> Cache<T> where T: Send { pub fn get(&self, key: &str) -> &T { &self.0 } }",
        "impl S { pub unsafe fn a(&self) {} pub fn b<'a>(&'a self) -> &'a str { \"\" } pub fn c(self) {} pub fn d(&self, _: impl Fn()) -> impl Fn() { || {} } }",
        "impl Trait for S { fn f(&self) {} }",
    ],
};

const TYPES: Corpus = Corpus {
    options: &[""],
    items: &[
        "struct App;",
        "#[derive(Clone)] pub struct App { /// Documented.\n pub name: Arc<str>, #[handler_state(trusted = \"read only\")] cache: Cache<u8>, call: for<'a> fn(&'a u8) -> &'a u8 }",
        "#[handler_state(bound = \"T: HandlerState, T::Item: Clone\", crate = a::b)] struct Tree<'a, T: ?Sized + Iterator, const N: usize = 1>(&'a [T; N], \
         #[cfg(unix)] <T as Iterator>::Item, T::Item, PhantomData<T>, Option<Box<Tree<'a, T, N>>>) where T: 'a;",
        "enum Message<T = u8> { Empty, One(T), #[handler_state(trusted = \"\")] Two { a: (u8, [T; 2]), b: Box<dyn Fn(T) -> T> }, Three = 3 }",
        "union Either { a: u32, b: f32 }",
        "struct Wrong { #[handler_state] a: u8, #[handler_state = 1] b: u8, #[handler_state(trusted)] c: u8 }",
        "fn f() {}",
    ],
};

type Expand = fn(TokenStream, TokenStream) -> TokenStream;

/// Damages options, item or both, and passes each to `expand` and `check`.
fn each_damaged(
    corpus: Corpus,
    seed: u64,
    expand: Expand,
    check: impl Fn(&TokenStream, &TokenStream) -> Result<(), String>,
) {
    for round in 0..ROUNDS {
        let mut random = Random(seed ^ (round << 8));
        let mut options: TokenStream = random.pick(corpus.options).parse().expect("tokens");
        let mut item: TokenStream = random.pick(corpus.items).parse().expect("tokens");
        for _ in 0..random.below(4) {
            if random.below(3) == 0 {
                options = damage(&mut random, options);
            } else {
                item = damage(&mut random, item);
            }
        }
        let expanded = catch_unwind(AssertUnwindSafe(|| expand(options.clone(), item.clone())));
        let verdict = match &expanded {
            Ok(expansion) => check(&item, expansion),
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

/// Returns the name of the first function, which whoever calls it looks for.
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

/// Checks that the expansion of an item that syn can read is readable, too.
fn stays_readable(item: &TokenStream, expansion: &TokenStream) -> Result<(), String> {
    if syn::parse2::<syn::ItemFn>(item.clone()).is_ok() {
        let file = syn::parse2::<syn::File>(expansion.clone());
        file.map_err(|error| format!("it does not parse any more: {error}"))?;
    }
    Ok(())
}

#[test]
fn a_damaged_handler_is_an_error_or_guarded() {
    each_damaged(FUNCTIONS, 1, handler::expand, |item, expansion| {
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
    each_damaged(FUNCTIONS, 2, main_fn::expand, |item, expansion| {
        keeps_the_item(item, expansion)?;
        stays_readable(item, expansion)?;
        let runs = Ident::new("block_on_main", Span::call_site());
        if !has_error(expansion) && !contains(expansion, &runs) {
            return Err("it is neither refused nor run".to_owned());
        }
        Ok(())
    });
}

#[test]
fn a_damaged_actor_is_an_error_or_has_a_handle() {
    each_damaged(IMPLS, 3, actor::expand, |item, expansion| {
        // Token by token, for the `impl` goes on as it is.
        if !expansion.to_string().contains(&item.to_string()) {
            return Err("the item is not what it was".to_owned());
        }
        if syn::parse2::<syn::ItemImpl>(item.clone()).is_ok() {
            let file = syn::parse2::<syn::File>(expansion.clone());
            file.map_err(|error| format!("it does not parse any more: {error}"))?;
        }
        let options = Ident::new("ActorOptions", Span::call_site());
        if !has_error(expansion) && !contains(expansion, &options) {
            return Err("it is neither refused nor an actor".to_owned());
        }
        Ok(())
    });
}

#[test]
fn a_damaged_type_is_an_error_or_checked() {
    let expand =
        |_: TokenStream, item| handler_state::expand(Exporter::Oserver, Derived::State, item);
    each_damaged(TYPES, 4, expand, |item, expansion| is_derived("Derived", item, expansion));
}

#[test]
fn a_damaged_parameter_is_an_error_or_checked() {
    let expand =
        |_: TokenStream, item| handler_state::expand(Exporter::Oserver, Derived::Param, item);
    each_damaged(TYPES, 5, expand, |item, expansion| is_derived("Derived", item, expansion));
}

/// Checks that a type that can be read has the trait, whatever is wrong with it: no second error follows.
fn is_derived(of: &str, item: &TokenStream, expansion: &TokenStream) -> Result<(), String> {
    let is_implemented = contains(expansion, &Ident::new(of, Span::call_site()));
    if syn::parse2::<syn::DeriveInput>(item.clone()).is_ok() {
        let file = syn::parse2::<syn::File>(expansion.clone());
        file.map_err(|error| format!("what comes out does not parse: {error}"))?;
        return is_implemented.then_some(()).ok_or_else(|| format!("it has no {of}"));
    }
    if !has_error(expansion) {
        return Err("it is not refused".to_owned());
    }
    Ok(())
}

/// The other tests would pass if the damage were always unrecoverable.
#[test]
fn the_damage_is_of_every_kind() {
    let derive: Expand = |_, item| handler_state::expand(Exporter::Oserver, Derived::State, item);
    let macros: [(Corpus, Expand); 3] =
        [(FUNCTIONS, handler::expand), (IMPLS, actor::expand), (TYPES, derive)];
    for (corpus, expand) in macros {
        let refused = std::cell::Cell::new(0_u64);
        each_damaged(corpus, 1, expand, |_, expansion| {
            refused.set(refused.get() + u64::from(has_error(expansion)));
            Ok(())
        });
        let (refused, rest) = (refused.get(), ROUNDS - refused.get());
        assert!(rest > ROUNDS / 10 && refused > ROUNDS / 10, "{rest} went well, {refused} refused");
    }
}
