//! The client of a request: the peer of the connection, or the address that a trusted proxy names.
//!
//! `X-Forwarded-For` is text that anybody can send, so it counts only if the peer is a proxy that the service has
//! named (MDN, "X-Forwarded-For: selecting an IP address").

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use crate::request::head::Head;
use crate::request::state::Call;

/// A range of addresses, as in `10.0.0.0/8`; an address alone is a range of one.
///
/// ```
/// let network: oserver_runtime::Network = "10.0.0.0/8".parse()?;
/// assert!(network.contains("10.1.2.3".parse()?));
/// assert!("10.0.0.0/40".parse::<oserver_runtime::Network>().is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix: u32,
}

impl Network {
    /// Returns `true` if the address is in the range. An IPv4 address that is written as IPv6 counts as IPv4.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                let differs = own.to_bits() ^ other.to_bits();
                differs.checked_shr(32 - self.prefix).unwrap_or(0) == 0
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                let differs = own.to_bits() ^ other.to_bits();
                differs.checked_shr(128 - self.prefix).unwrap_or(0) == 0
            }
            _ => false,
        }
    }
}

impl From<IpAddr> for Network {
    fn from(address: IpAddr) -> Self {
        let address = address.to_canonical();
        Self { address, prefix: if address.is_ipv4() { 32 } else { 128 } }
    }
}

/// The text is no range of addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseNetworkError(String);

impl std::fmt::Display for ParseNetworkError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "`{}` is not a network: write for example 10.0.0.0/8 or ::1", self.0)
    }
}

impl std::error::Error for ParseNetworkError {}

impl FromStr for Network {
    type Err = ParseNetworkError;

    fn from_str(text: &str) -> Result<Self, ParseNetworkError> {
        let wrong = || ParseNetworkError(text.to_owned());
        let (address, prefix) = text.split_once('/').map_or((text, None), |(a, p)| (a, Some(p)));
        let network = Self::from(address.parse::<IpAddr>().map_err(|_| wrong())?);
        match prefix.map(str::parse) {
            None => Ok(network),
            Some(Ok(prefix)) if prefix <= network.prefix => Ok(Self { prefix, ..network }),
            Some(_) => Err(wrong()),
        }
    }
}

impl Call {
    /// Returns the address of the client. `None` where the connection has no address, as over a Unix socket.
    pub(crate) fn client(&self) -> Option<IpAddr> {
        let peer = self.connection.peer()?;
        Some(of_request(peer, &self.head, &self.server.proxies))
    }
}

/// Returns the client of a request: the last address that no trusted proxy has, from the peer back through `X-Forwarded-For`.
fn of_request(peer: SocketAddr, head: &Head, proxies: &[Network]) -> IpAddr {
    let is_trusted = |address| proxies.iter().any(|network| network.contains(address));
    let mut client = peer.ip().to_canonical();
    if !is_trusted(client) {
        return client;
    }
    let fields: Vec<_> =
        head.headers().filter(|(name, _)| *name == "x-forwarded-for").map(|(_, v)| v).collect();
    let hops = fields.iter().rev().flat_map(|field| field.rsplit(|byte| *byte == b','));
    for hop in hops {
        // No trusted proxy writes a hop that is no address.
        let Some(address) = parse(hop) else { break };
        client = address;
        if !is_trusted(client) {
            break;
        }
    }
    client
}

/// Returns an address, with a port or without.
fn parse(hop: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(hop).ok()?.trim();
    let address = text.parse().or_else(|_| text.parse::<SocketAddr>().map(|address| address.ip()));
    address.ok().map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Request;

    fn client(peer: &str, forwarded: &[&str], proxies: &[&str]) -> String {
        let mut request = Request::get("/");
        for field in forwarded {
            request = request.header("x-forwarded-for", *field);
        }
        let head = Head::copy(&request.body(()).unwrap().into_parts().0);
        let proxies: Vec<Network> = proxies.iter().map(|text| text.parse().unwrap()).collect();
        of_request(peer.parse().unwrap(), &head, &proxies).to_string()
    }

    #[test]
    fn a_forwarded_address_counts_only_behind_a_trusted_proxy() {
        let spoofed = ["1.1.1.1"];
        assert_eq!(client("9.9.9.9:1", &spoofed, &[]), "9.9.9.9");
        assert_eq!(client("9.9.9.9:1", &spoofed, &["10.0.0.0/8"]), "9.9.9.9");
        assert_eq!(client("10.1.1.1:1", &spoofed, &["10.0.0.0/8"]), "1.1.1.1");
        assert_eq!(client("[::ffff:10.1.1.1]:1", &spoofed, &["10.0.0.0/8"]), "1.1.1.1");
        assert_eq!(client("[::1]:1", &["[2001:db8::1]:443"], &["::1"]), "2001:db8::1");
    }

    #[test]
    fn the_last_address_that_no_proxy_has_is_the_client() {
        let proxies = ["10.0.0.0/8", "192.168.1.1"];
        let forwarded = ["6.6.6.6, 2.2.2.2", "192.168.1.1"];
        assert_eq!(client("10.0.0.1:1", &forwarded, &proxies), "2.2.2.2");
        assert_eq!(client("10.0.0.1:1", &["6.6.6.6, nonsense"], &proxies), "10.0.0.1");
        assert_eq!(client("10.0.0.1:1", &[], &proxies), "10.0.0.1");
    }

    #[test]
    fn a_network_contains_the_addresses_with_its_prefix() {
        let contains = |network: &str, address: &str| {
            network.parse::<Network>().unwrap().contains(address.parse().unwrap())
        };
        assert!(contains("0.0.0.0/0", "8.8.8.8") && contains("::/0", "2001:db8::1"));
        assert!(!contains("0.0.0.0/0", "::1") && !contains("10.0.0.0/31", "10.0.0.2"));
        assert!(contains("10.0.0.0/31", "10.0.0.1") && contains("fd00::/8", "fdff::1"));
        for wrong in ["", "10.0.0.0/33", "::/129", "10.0.0/8", "10.0.0.0/-1", "host"] {
            assert!(wrong.parse::<Network>().is_err(), "{wrong}");
        }
    }
}
