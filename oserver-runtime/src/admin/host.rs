//! Check of the `Host` header. A browser that shows a page of `evil.example` sends that name as the host, even if the
//! name was made to point to this address in the meantime. An address cannot be made to point elsewhere.

use std::net::{IpAddr, Ipv6Addr};

/// The names that a request's `Host` may have, in addition to addresses.
#[derive(Clone, Debug, Default)]
pub(super) struct Hosts(Vec<String>);

impl Hosts {
    pub(super) fn allow(&mut self, name: String) {
        self.0.push(name);
    }

    /// Returns `true` if a request with this `Host` is answered.
    pub(super) fn allows(&self, host: &str) -> bool {
        if let Some(address) = host.strip_prefix('[') {
            return address.split_once(']').is_some_and(|(address, port)| {
                address.parse::<Ipv6Addr>().is_ok() && is_port(port)
            });
        }
        let end = host.find(':').unwrap_or(host.len());
        let (name, port) = host.split_at(end);
        is_port(port)
            && (name.parse::<IpAddr>().is_ok()
                || name.eq_ignore_ascii_case("localhost")
                || self.0.iter().any(|allowed| allowed.eq_ignore_ascii_case(name)))
    }
}

fn is_port(text: &str) -> bool {
    text.is_empty() || text.strip_prefix(':').is_some_and(|port| port.parse::<u16>().is_ok())
}

#[cfg(all(test, not(oserver_loom)))]
mod tests {
    use super::*;

    #[test]
    fn addresses_localhost_and_what_was_allowed() {
        let mut hosts = Hosts::default();
        hosts.allow("Admin.example".to_owned());
        for host in [
            "127.0.0.1",
            "10.0.0.7:9090",
            "[::1]",
            "[fe80::1]:80",
            "localhost",
            "LocalHost:9090",
            "admin.example:1",
        ] {
            assert!(hosts.allows(host), "{host}");
        }
        for host in [
            "",
            "evil.example",
            "evil.example:9090",
            "127.0.0.1.evil.example",
            "localhost.evil.example",
            "localhost:evil",
            "[::1].evil.example",
            "[evil]",
            "admin.example.evil",
        ] {
            assert!(!hosts.allows(host), "{host}");
        }
    }
}
