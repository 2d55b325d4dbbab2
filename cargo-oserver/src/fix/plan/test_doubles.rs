//! Traits that tests implement, too, by hand or with mockall. A supertrait would be asked of such an implementation as
//! well, which may hold a lock, and on a mock no derive can be put.

use super::state::unknown;
use super::{Planner, Refusal};
use crate::program::{Id, Resolved};

impl Planner<'_, '_> {
    /// Returns the reason to trust a trait object whose trait has an implementation in tests; `None` if it has none.
    pub(super) fn replaced_in_tests(&mut self, id: Id) -> Result<Option<String>, Refusal> {
        if let Some(known) = self.doubles.get(&id) {
            return known.clone();
        }
        let found = self.look_for_doubles(id);
        self.doubles.insert(id, found.clone());
        found
    }

    /// All implementations outside of tests are read here, and not edited.
    fn look_for_doubles(&mut self, id: Id) -> Result<Option<String>, Refusal> {
        let name = self.program.trait_def(id).name.to_string();
        let impls = self.program.impls_of_trait(id);
        let read: Vec<String> = impls.iter().map(|(_, of)| of.for_type.to_string()).collect();
        let is_read = |ty: &str| read.iter().any(|read| last_name(read) == ty);
        let files = (0_u32..).zip(&self.program.sources.files).filter(|(_, file)| file.selected);
        let mut sources = files.filter_map(|(number, _)| self.source(number));
        let replaced = sources.any(|source| {
            let text = &source.text;
            text.contains(&name)
                && (is_automocked(text, &name) || implementing(text, &name).any(|ty| !is_read(ty)))
        });
        if !replaced {
            return Ok(None);
        }
        for &(at, of) in impls.iter() {
            let ty = self.program.impl_type(at, of);
            if !matches!(ty, Resolved::Param(..)) {
                self.inspect_type(at, &ty, &mut Vec::new())?;
            }
        }
        if read.is_empty() {
            return Err(unknown(&format!("dyn {name}"), "only tests implement it"));
        }
        let read = read.iter().map(|ty| format!("`{ty}`")).collect::<Vec<_>>().join(", ");
        Ok(Some(format!("dyn {name}: no lock in the sources of {read}; tests were not read")))
    }
}

/// Returns the last name of a type's path.
fn last_name(ty: &str) -> &str {
    let ty = ty.trim_start_matches(|letter: char| letter == '&' || letter.is_whitespace());
    let ends = |letter: char| letter.is_whitespace() || matches!(letter, '<' | '{');
    let path = ty.split(ends).next().unwrap_or(ty);
    path.rsplit("::").next().unwrap_or(path)
}

/// Returns the types that a text implements a trait for, also within macros such as `mock!`.
fn implementing<'t>(text: &'t str, name: &'t str) -> impl Iterator<Item = &'t str> {
    text.match_indices(" for ").filter_map(move |(at, word)| {
        let head = &text[..at];
        let from = head.rfind("impl")?;
        let of = head[from + "impl".len()..].trim_end();
        let is_head = !of.contains(['{', '}', ';']);
        // `impl<T: Debug> path::Name<T> for`
        let path = of.split('<').map(str::trim_end).find(|part| part.ends_with(name));
        let before = path.and_then(|path| path[..path.len() - name.len()].chars().next_back());
        let is_whole = before.is_some_and(|letter| !letter.is_alphanumeric() && letter != '_');
        let ty = last_name(&text[at + word.len()..]);
        // The types that a macro of the sources is called with are among those that were read.
        (is_head && is_whole && !ty.starts_with('$')).then_some(ty)
    })
}

/// Returns `true` if `#[automock]` stands above the trait.
fn is_automocked(text: &str, name: &str) -> bool {
    text.match_indices("automock").any(|(at, _)| {
        let line = text[..at].rsplit('\n').next().unwrap_or_default();
        let item = text[at..].split_once("trait ").map_or("", |(_, item)| item);
        let first = item.split(|letter: char| !letter.is_alphanumeric() && letter != '_').next();
        !line.trim_start().starts_with("use ") && first == Some(name)
    })
}

#[cfg(test)]
mod tests {
    use super::{implementing, is_automocked};

    #[test]
    fn implementations_are_found_by_their_head() {
        let text = "mock! {\n    pub Db {}\n    #[async_trait]\n    impl db::Store<u8> for Db { fn get(&self) {} }\n}\nimpl Other for X {}\nimpl<T: Debug> Store for files::Files<T> {}\n// for Store\nfn f(x: impl Fn()) { for x in y {} }\nimpl MyStore for Z {}\nimpl Store for &Held {}\nimpl Store for $ty {}\n";
        assert_eq!(implementing(text, "Store").collect::<Vec<_>>(), ["Db", "Files", "Held"]);
        assert_eq!(implementing(text, "Other").collect::<Vec<_>>(), ["X"]);
        assert_eq!(implementing(text, "Db").count(), 0);
    }

    #[test]
    fn a_mock_by_attribute_is_of_the_trait_below() {
        let text = "use mockall::automock;\npub trait First {}\n#[cfg_attr(test, automock)]\n/// One.\npub trait Clock: Send { }\npub trait Store {}";
        assert!(is_automocked(text, "Clock"));
        assert!(!is_automocked(text, "Store"));
        assert!(!is_automocked(text, "First"), "an import is not above a trait");
    }
}
