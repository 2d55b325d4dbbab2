//! Elided, anonymous and named lifetimes, and those that a response borrows.
#![deny(warnings, missing_docs, unreachable_code, clippy::pedantic)]
#![forbid(unsafe_code)]

use std::borrow::Cow;

#[derive(oserver::HandlerState)]
struct Name<'a>(&'a str);

#[oserver::handler]
async fn elided(name: &str, names: &mut Vec<String>) -> String {
    names.push(name.to_owned());
    names.join(",")
}

#[oserver::handler]
async fn anonymous(name: Name<'_>, text: Cow<'_, str>) -> String {
    format!("{}{text}", name.0)
}

#[oserver::handler]
async fn named<'a, 'b: 'a>(first: &'a str, second: &'b str) -> String {
    let both: [&'a str; 2] = [first, second];
    both.concat()
}

#[oserver::handler]
async fn lives_for_ever(text: &'static str) -> &'static str {
    text
}

#[oserver::handler]
async fn of_any(choose: oserver::Trusted<impl for<'a> Fn(&'a str) -> &'a str + Send>) -> String {
    choose("text").to_owned()
}

#[oserver::handler]
fn pointer_without_async(choose: fn(&str) -> &str, text: &'static str) -> String {
    choose(text).to_owned()
}

fn whole(text: &str) -> &str {
    text
}

fn main() {
    drop(async {
        let text = String::from("text");
        let _ = elided(&text, &mut Vec::new()).await;
        let _ = anonymous(Name(&text), Cow::Borrowed(&text)).await;
        let _ = named(&text, "more").await;
        let _ = lives_for_ever("text").await;
        let _ = of_any(oserver::Trusted::new(whole, "it captures nothing")).await;
        let _ = pointer_without_async(|text| text, "text").await;
    });
}
