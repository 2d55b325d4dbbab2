//! Traits for which mockall writes an implementation: it holds locks, and no derive can be put on it.

use super::state::unknown;
use super::{Planner, Refusal};
use crate::fix::unused::has_word;
use crate::fix::write;
use crate::program::{Id, Resolved};

impl Planner<'_, '_> {
    /// Returns the reason to trust a trait object that tests replace with a mock. `None` if there is no mock.
    ///
    /// A supertrait would be asked of the mock, too. All other implementations are read here, without an edit.
    pub(super) fn mocked(&mut self, id: Id) -> Result<Option<String>, Refusal> {
        let name = self.program.trait_def(id).name.to_string();
        let texts = self.mocks.get_or_insert_with(|| {
            let files = self.program.sources.files.iter().filter(|file| file.selected);
            let texts = files.filter_map(|file| write::read(&file.path).ok());
            texts.filter(|text| text.contains("mock!") || text.contains("automock")).collect()
        });
        if !texts.iter().any(|text| is_mocked(text, &name)) {
            return Ok(None);
        }
        let mut read = Vec::new();
        for &(at, of) in self.program.impls_of_trait(id).iter() {
            let ty = self.program.impl_type(at, of);
            if !matches!(ty, Resolved::Param(..)) {
                self.inspect_type(at, &ty, &mut Vec::new())?;
                read.push(format!("`{}`", of.for_type));
            }
        }
        if read.is_empty() {
            return Err(unknown(&format!("dyn {name}"), "nothing but a mock implements it"));
        }
        Ok(Some(format!(
            "dyn {name}: no lock in the sources of {}; its mock is for tests",
            read.join(", ")
        )))
    }
}

/// Returns `true` if `mock!` or `#[automock]` in a file writes an implementation of the trait.
fn is_mocked(text: &str, name: &str) -> bool {
    let of_macro = text.match_indices("mock!").any(|(at, _)| {
        let body = braced(&text[at..]);
        body.match_indices(" for ").any(|(at, _)| {
            let of = body[..at].rsplit("impl").next().unwrap_or_default();
            has_word(of, name)
        })
    });
    let of_attribute = text.match_indices("automock").any(|(at, _)| {
        let item = text[at..].split_once("trait ").map(|(_, item)| item);
        item.is_some_and(|item| {
            let end = item.find(|letter: char| !letter.is_alphanumeric() && letter != '_');
            &item[..end.unwrap_or(item.len())] == name
        })
    });
    of_macro || of_attribute
}

/// Returns the text up to the brace that closes the first one.
fn braced(text: &str) -> &str {
    let mut depth = 0_usize;
    for (at, letter) in text.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return &text[..at];
                }
            }
            _ => {}
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::is_mocked;

    #[test]
    fn mocks_are_found_by_the_trait_that_they_implement() {
        let mock = "mock! {\n    pub Db {}\n    #[async_trait]\n    impl db::Store<u8> for Db { fn get(&self) {} }\n}\nimpl Other for X {}";
        assert!(is_mocked(mock, "Store"));
        assert!(!is_mocked(mock, "Db"));
        assert!(!is_mocked(mock, "Other"));
        let mock = "#[cfg_attr(test, mockall::automock)]\n/// One.\npub trait Clock: Send { }\npub trait Store {}";
        assert!(is_mocked(mock, "Clock"));
        assert!(!is_mocked(mock, "Store"));
    }
}
