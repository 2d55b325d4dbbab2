//! The log: events and spans of [`tracing`] as lines on stderr, in the same form as records of faults.
//!
//! | file | what it does |
//! |---|---|
//! | `layer` | receives events and spans |
//! | `fields` | the fields of events and spans |
//! | `line` | the form of a line |

mod fields;
mod layer;
mod line;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tracing::Subscriber;
use tracing_subscriber::filter::{FilterExt, Targets, filter_fn};
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::registry::{LookupSpan, Registry};

pub use crate::fault_log::format::Format;
use crate::fault_log::{fault, format, redact, sink};

/// The default filter of the log.
const DEFAULT: &str = "info";

/// `true` if `serve` must not install the log.
static UNWANTED: AtomicBool = AtomicBool::new(false);

/// The log of a process: a [`tracing`] subscriber that writes lines to stderr.
///
/// [`serve`](crate::serve) installs it with its defaults, unless a subscriber is installed or `#[oserver::main(log =
/// false)]` forbids it. To have it earlier, with other options, or in a program that serves nothing, install it first
/// in `main`:
///
/// ```
/// # use oserver_runtime as oserver;
/// oserver::log::Log::new().default_filter("info,my_service=debug").install();
/// ```
///
/// Lines are JSON, or text when stderr is a terminal. The environment variable `RUST_LOG` filters them: a level, or
/// targets with levels, such as `warn,my_service=debug,hyper=error`.
///
/// A line that a request's code writes has the request's id, connection and route. A detached task (`tokio::spawn`)
/// has them if it is instrumented with the handler's span, and if that span has its own `fields(..)`. A handler's span
/// without fields is left out, because it would cost every request a twentieth of its time.
///
/// A caller never waits for the output: a thread writes the lines. At most 8192 lines wait for the thread. Further
/// lines are dropped, and a separate line has their number.
#[derive(Debug, Default)]
#[must_use = "a log that is not installed writes nothing"]
pub struct Log {
    filter: Option<String>,
    format: Option<Format>,
    redacted: Vec<String>,
}

impl Log {
    /// Returns the default options.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the filter that is used when `RUST_LOG` is not set. Default: `info`.
    pub fn default_filter(mut self, filter: impl Into<String>) -> Self {
        self.filter = Some(filter.into());
        self
    }

    /// Sets the form of lines and records. Default: text on a terminal, JSON elsewhere.
    pub fn format(mut self, format: Format) -> Self {
        self.format = Some(format);
        self
    }

    /// Adds a name whose values are never written, neither in log lines nor in records of faults, once the log is
    /// installed. See [`redact`](crate::redact) for how names are compared.
    pub fn redact(mut self, name: impl Into<String>) -> Self {
        self.redacted.push(name.into());
        self
    }

    /// Returns the log as a layer, for a subscriber with further layers, such as that of OpenTelemetry. An invalid
    /// filter is recorded now.
    ///
    /// ```
    /// # use oserver_runtime as oserver;
    /// use tracing_subscriber::layer::SubscriberExt;
    ///
    /// let subscriber = tracing_subscriber::registry().with(oserver::log::Log::new().layer());
    /// tracing::subscriber::set_global_default(subscriber)?;
    /// # Ok::<(), tracing::subscriber::SetGlobalDefaultError>(())
    /// ```
    pub fn layer<S: Subscriber + for<'a> LookupSpan<'a>>(self) -> impl Layer<S> {
        self.set_form();
        let (filter, wrong) = filter(std::env::var("RUST_LOG").ok(), self.filter);
        wrong.iter().for_each(|wrong| fault::misunderstood(wrong));
        layer::Lines.with_filter(filter.and(filter_fn(layer::is_wanted)))
    }

    /// Installs it for the whole process. Returns `false` if a subscriber is installed already; the log's form and its
    /// redacted names hold in any case.
    pub fn install(self) -> bool {
        if tracing::dispatcher::has_been_set() {
            self.set_form();
            return false;
        }
        tracing::subscriber::set_global_default(Registry::default().with(self.layer())).is_ok()
    }

    /// Sets the options that records of faults use, too.
    fn set_form(&self) {
        self.redacted.iter().for_each(|name| redact::add(name));
        self.format.into_iter().for_each(format::choose);
    }
}

/// Waits until the lines that were logged until now are written, but no longer than `limit`. Under
/// `#[oserver::main]` that is done at the end of `main`.
pub fn flush(limit: Duration) {
    sink::flush(limit);
}

/// Returns the filter, and the error of the requested one if it could not be parsed.
fn filter(variable: Option<String>, default: Option<String>) -> (Targets, Option<String>) {
    let default = default.unwrap_or_else(|| DEFAULT.to_owned());
    let asked = variable.filter(|text| !text.trim().is_empty()).unwrap_or_else(|| default.clone());
    match asked.parse() {
        Ok(targets) => (targets, None),
        Err(error) => {
            let wrong = format!(
                "invalid log filter `{asked}` ({error}): write levels, or targets with levels, such as \
                 `warn,my_service=debug`; until then it is `{DEFAULT}`"
            );
            (Targets::new().with_default(tracing::Level::INFO), Some(wrong))
        }
    }
}

/// As [`Log::install`], by `serve` itself.
pub(crate) fn install_by_default() {
    if !UNWANTED.load(Ordering::Relaxed) {
        Log::new().install();
    }
}

/// Forbids that `serve` installs the log.
pub(crate) fn leave_out() {
    UNWANTED.store(true, Ordering::Relaxed);
}

#[cfg(all(test, not(oserver_loom)))]
mod tests {
    use tracing::Level;

    use super::*;

    #[test]
    fn the_variable_wins_and_what_is_wrong_in_it_is_said() {
        let text = |text: &str| Some(text.to_owned());
        let (own, wrong) = filter(text("warn,mine=debug"), text("error"));
        assert!(wrong.is_none());
        assert!(own.would_enable("mine::inner", &Level::DEBUG));
        assert!(own.would_enable("other", &Level::WARN));
        assert!(!own.would_enable("other", &Level::INFO));
        for variable in [None, text(""), text(" ")] {
            let (default, wrong) = filter(variable, None);
            assert!(wrong.is_none() && default.would_enable("any", &Level::INFO));
            assert!(!default.would_enable("any", &Level::DEBUG));
        }
        let (fallback, wrong) = filter(text("mine=loud"), None);
        assert!(wrong.expect("it is wrong").contains("`mine=loud`"));
        assert!(fallback.would_enable("any", &Level::INFO));
    }
}
