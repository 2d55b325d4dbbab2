//! What values on the command line are, for both modes.

use std::fmt::Display;
use std::str::FromStr;

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
