//! The default timeout of a request.

use std::time::Duration;

/// How long a request may take if neither its handler (`#[oserver::handler(timeout = ..)]`) nor the server
/// ([`Serve::timeout`](crate::Serve::timeout)) sets a timeout.
pub(crate) const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);
