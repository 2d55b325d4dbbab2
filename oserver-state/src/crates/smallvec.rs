//! Short sequences.

state! {
    /// A sequence.
    impl[A: smallvec::Array] for smallvec::SmallVec<A> where <A as smallvec::Array>::Item;
}
