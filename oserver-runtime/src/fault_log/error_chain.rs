//! An error and its sources as one text.

use std::error::Error;

/// A source may lead back to itself.
const MOST_SOURCES: usize = 32;
const LONGEST: usize = 16 * 1024;

/// Returns the first of the error and its sources that is a `T`.
pub(crate) fn find<T: Error + Copy + 'static>(error: &(dyn Error + 'static)) -> Option<T> {
    let mut next = Some(error);
    for _ in 0..=MOST_SOURCES {
        let error = next?;
        if let Some(found) = error.downcast_ref() {
            return Some(*found);
        }
        next = error.source();
    }
    None
}

/// Returns the texts of an error and its sources, joined by `: `, and cut if there are too many.
pub(crate) fn text_of(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    for number in 1.. {
        let Some(source) = next else { break };
        text.push_str(": ");
        if number == MOST_SOURCES || text.len() >= LONGEST {
            text.push('…');
            break;
        }
        text.push_str(&source.to_string());
        next = source.source();
    }
    text
}

#[cfg(all(test, not(oserver_loom)))]
mod tests {
    use std::fmt;

    use super::*;

    /// Its source is another, until there are no more.
    #[derive(Debug)]
    struct Chain(Option<Box<Chain>>);

    impl fmt::Display for Chain {
        fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("it failed")
        }
    }

    impl Error for Chain {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            self.0.as_deref().map(|source| source as _)
        }
    }

    #[derive(Debug)]
    struct Loops;

    impl fmt::Display for Loops {
        fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("once more")
        }
    }

    impl Error for Loops {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(self)
        }
    }

    #[test]
    fn sources_are_joined_and_a_chain_without_end_is_cut() {
        let short = Chain(Some(Box::new(Chain(None))));
        assert_eq!(text_of(&short), "it failed: it failed");
        let text = text_of(&Loops);
        assert_eq!(text.matches("once more").count(), MOST_SOURCES);
        assert!(text.ends_with(": …"), "{text}");
    }
}
