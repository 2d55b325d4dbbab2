//! Extensions of a response: user values, of which hyper reads one.

use http::Extensions;
use hyper::ext::ReasonPhrase;

use crate::fault_log::fault::Stage;
use crate::panic::catch::catch_entered;
use crate::request::state::Call;

/// Drops the extensions of a response here, and not in the connection task: the drop is user code. hyper reads one of
/// them.
pub(super) fn drop_all(call: &Call, extensions: &mut Extensions) {
    if extensions.is_empty() {
        return;
    }
    let reason = extensions.remove::<ReasonPhrase>();
    _ = catch_entered(call, Stage::Drop, || extensions.clear());
    // Half cleared it may be after a panic.
    *extensions = Extensions::new();
    if let Some(reason) = reason {
        extensions.insert(reason);
    }
}
