//! Until edition 2024 the temporaries of a body's last expression are dropped after its variables, under
//! the attribute, too.

const EXPECTED: [&str; 2] = ["variable", "temporary"];

include!("../../tests/common/drop_order.rs");
