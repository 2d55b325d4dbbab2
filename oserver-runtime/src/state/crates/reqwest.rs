//! An HTTP client. Its pool of connections has a lock inside, which is held for a few lines of its own at
//! a time, and never while code of a handler's runs.

use reqwest::{Client, Url};

state! {
    impl[] for Client;
    impl[] for Url;
}
