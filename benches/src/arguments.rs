//! Reads the command line, for all modes.

use std::fmt::Display;
use std::str::FromStr;

/// Reads one option's value.
pub type Value<'line> = &'line mut dyn FnMut() -> Result<String, String>;

/// Has `take` look at each option's name, and read its value if it knows it. Of whom they are options is for the message.
pub fn each(
    of: &str,
    mut arguments: impl Iterator<Item = String>,
    mut take: impl FnMut(&str, Value) -> Result<bool, String>,
) -> Result<(), String> {
    while let Some(name) = arguments.next() {
        let mut value = || arguments.next().ok_or(format!("`{name}` needs a value"));
        if !take(&name, &mut value)? {
            return Err(format!("there is no option `{name}`{of}"));
        }
    }
    Ok(())
}

pub fn number<T: FromStr + PartialOrd + Display>(
    name: &str,
    text: &str,
    least: T,
) -> Result<T, String> {
    match text.parse() {
        Ok(number) if number >= least => Ok(number),
        _ => Err(format!("`{name}` takes whole numbers from {least} on, not `{text}`")),
    }
}

/// Whole numbers from 1 on.
pub fn numbers(name: &str, text: &str) -> Result<Vec<u32>, String> {
    text.split(',').map(|item| number(name, item, 1)).collect()
}

/// Some of the `known` names, each at most once. What they are names of is for the message.
pub fn names(what: &str, known: &[&'static str], text: &str) -> Result<Vec<&'static str>, String> {
    let mut chosen = Vec::new();
    for name in text.split(',') {
        let known = known.iter().copied().find(|known| *known == name);
        let known = known.ok_or(format!("there is no {what} `{name}`"))?;
        if chosen.contains(&known) {
            return Err(format!("`{name}` is named twice"));
        }
        chosen.push(known);
    }
    Ok(chosen)
}
