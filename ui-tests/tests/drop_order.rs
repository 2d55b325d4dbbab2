//! Since edition 2024 the temporaries of a body's last expression are dropped before its variables, under
//! the attribute, too. The package `renamed` has the same test with edition 2021.

use oserver as server;

const EXPECTED: [&str; 2] = ["temporary", "variable"];

include!("common/drop_order.rs");
