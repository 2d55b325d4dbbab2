//! Pointers to functions: they contain only code.
//!
//! A pointer that takes references of any lifetime has its own type for each way in which they are bound. The usual
//! ones are here, so that an alias of one is state; the macros replace the others in a type before the check.

#![allow(
    coherence_leak_check,
    reason = "that these are types of their own is what the language has said since 2018, rust-lang/rust#56105"
)]

macro_rules! functions {
    ($($($parameter:ident)*;)*) => {
        state! {
            $(
                impl[R, $($parameter), *] for fn($($parameter),*) -> R;
                impl[R, $($parameter), *] for unsafe fn($($parameter),*) -> R;
                impl[R, $($parameter), *] for extern "C" fn($($parameter),*) -> R;
                impl[R, $($parameter), *] for unsafe extern "C" fn($($parameter),*) -> R;
                impl[R, $($parameter), *] for extern "system" fn($($parameter),*) -> R;
                impl[R, $($parameter), *] for unsafe extern "system" fn($($parameter),*) -> R;
            )*
        }
    };
}

functions! {
    ;
    A;
    A B;
    A B C;
    A B C D;
    A B C D E;
    A B C D E F;
}

state! {
    /// pointers to functions, also with references of any lifetime:
    /// A pointer to code. The type does not show what the code itself reaches; the same holds for any function.
    impl[R, A: ?Sized] for for<'a> fn(&'a A) -> R;
    impl[R: ?Sized, A: ?Sized] for for<'a> fn(&'a A) -> &'a R;
    impl[R, A: ?Sized] for for<'a> fn(&'a mut A) -> R;
    impl[R, A: ?Sized, B] for for<'a> fn(&'a A, B) -> R;
    impl[R: ?Sized, A: ?Sized, B] for for<'a> fn(&'a A, B) -> &'a R;
    impl[R, A: ?Sized, B] for for<'a> fn(&'a mut A, B) -> R;
    impl[R, A, B: ?Sized] for for<'a> fn(A, &'a B) -> R;
    impl[R, A, B: ?Sized] for for<'a> fn(A, &'a mut B) -> R;
    impl[R, A: ?Sized, B: ?Sized] for for<'a, 'b> fn(&'a A, &'b B) -> R;
    impl[R, A: ?Sized, B: ?Sized] for for<'a, 'b> fn(&'a mut A, &'b B) -> R;
    impl[R, A: ?Sized, B: ?Sized] for for<'a, 'b> fn(&'a A, &'b mut B) -> R;
    impl[R, A: ?Sized, B: ?Sized] for for<'a, 'b> fn(&'a mut A, &'b mut B) -> R;
    impl[R: ?Sized, A: ?Sized, B: ?Sized] for for<'a, 'b> fn(&'a A, &'b B) -> &'a R;
    impl[R: ?Sized, A: ?Sized, B: ?Sized] for for<'a> fn(&'a A, &'a B) -> &'a R;
    impl[R: ?Sized, A: ?Sized] for for<'a> fn(&'a mut A) -> &'a mut R;
    impl[R: ?Sized, A: ?Sized] for for<'a> fn(&'a A) -> Option<&'a R>;
    impl[R: ?Sized, A: ?Sized, B] for for<'a> fn(&'a A, B) -> Option<&'a R>;
    impl[R: ?Sized, A: ?Sized, B: ?Sized] for for<'a, 'b> fn(&'a A, &'b B) -> Option<&'a R>;
    impl[R, A: ?Sized, B, C] for for<'a> fn(&'a A, B, C) -> R;
    impl[R, A: ?Sized, B: ?Sized, C] for for<'a, 'b> fn(&'a A, &'b B, C) -> R;
    impl[R, A: ?Sized, B: ?Sized, C: ?Sized] for for<'a, 'b, 'c> fn(&'a A, &'b B, &'c C) -> R;
    impl[R, A: ?Sized] for for<'a> unsafe fn(&'a A) -> R;
    impl[R, A: ?Sized] for for<'a> extern "C" fn(&'a A) -> R;
    impl[R, A: ?Sized] for for<'a> unsafe extern "C" fn(&'a A) -> R;
}
