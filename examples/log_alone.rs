//! The log without a server: lines on stderr, as JSON or for a terminal as text.
//!
//! ```text
//! RUST_LOG=debug cargo run --example log_alone
//! ```

use tracing::{debug, info, info_span, warn};

fn main() {
    let log = oserver::log::Log::new().default_filter("info").redact("api-key");
    // From the command line; by itself it is JSON where nobody reads.
    let log = match std::env::args().nth(1).as_deref() {
        Some("json") => log.format(oserver::log::Format::Json),
        Some("human") => log.format(oserver::log::Format::Human),
        _ => log,
    };
    let installed = log.install();
    assert!(installed, "nobody else set a subscriber");
    let _import = info_span!("import", file = "prices.csv", api_key = "s3cret").entered();
    info!(rows = 1204, "read the file");
    debug!(checksum = 0x2f, "not seen unless RUST_LOG asks for it");
    warn!(authorization = "Bearer s3cret", "a field that nobody should have logged\nforged: line");
    oserver::log::flush(std::time::Duration::from_secs(1));
}
