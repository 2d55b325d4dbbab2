//! Networks: plain data.

state! {
    /// Plain data.
    impl[] for ipnet::IpNet;
    impl[] for ipnet::Ipv4Net;
    impl[] for ipnet::Ipv6Net;
    impl[] for ipnet::IpAddrRange;
    impl[] for ipnet::Ipv4AddrRange;
    impl[] for ipnet::Ipv6AddrRange;
    impl[] for ipnet::AddrParseError;
    impl[] for ipnet::PrefixLenError;
}
