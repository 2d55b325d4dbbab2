//! Small responses in one piece.
//!
//! hyper gives head and body as two slices, so that bodies are not copied. A list of two slices costs the kernel more than
//! the copy of a small body.

use std::io::IoSlice;

/// A response up to this size is sent in one piece: a list of pieces costs more than their copy.
pub(super) const SMALL: usize = 1024;

/// Returns the bytes of all slices, if these are few.
pub(super) fn join<'a>(slices: &[IoSlice<'_>], joined: &'a mut [u8; SMALL]) -> Option<&'a [u8]> {
    let length = slices.iter().map(|slice| slice.len()).sum();
    let mut rest = joined.get_mut(..length)?;
    for slice in slices {
        let (next, after) = rest.split_at_mut(slice.len());
        next.copy_from_slice(slice);
        rest = after;
    }
    Some(&joined[..length])
}

#[cfg(all(test, not(oserver_loom)))]
mod tests {
    use super::*;

    #[test]
    fn few_bytes_are_joined_in_their_order_and_many_are_not() {
        let mut joined = [0; SMALL];
        let slices = [&b"head"[..], b"", b"body"].map(IoSlice::new);
        assert_eq!(join(&slices, &mut joined), Some(&b"headbody"[..]));
        let most = [0; SMALL - 1];
        assert!(join(&[IoSlice::new(&most), IoSlice::new(b"1")], &mut joined).is_some());
        assert_eq!(join(&[IoSlice::new(&most), IoSlice::new(b"12")], &mut joined), None);
    }
}
