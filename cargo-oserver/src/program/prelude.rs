//! Names that every module knows without an import.

pub(super) const PRELUDE: &[(&str, &str)] = &[
    ("Option", "std::option::Option"),
    ("Some", "std::option::Option::Some"),
    ("Result", "std::result::Result"),
    ("Ok", "std::result::Result::Ok"),
    ("Vec", "std::vec::Vec"),
    ("Box", "std::boxed::Box"),
    ("String", "std::string::String"),
    ("Fn", "std::ops::Fn"),
    ("FnMut", "std::ops::FnMut"),
    ("FnOnce", "std::ops::FnOnce"),
    ("Send", "std::marker::Send"),
    ("Sync", "std::marker::Sync"),
    ("Clone", "std::clone::Clone"),
    ("Default", "std::default::Default"),
    ("Iterator", "std::iter::Iterator"),
    ("Into", "std::convert::Into"),
    ("From", "std::convert::From"),
    ("AsRef", "std::convert::AsRef"),
    ("Future", "std::future::Future"),
];

pub(super) const PRIMITIVES: &[&str] = &[
    "bool", "char", "str", "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64",
    "i128", "isize", "f32", "f64",
];
