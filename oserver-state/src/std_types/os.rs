//! Types of the operating system in the standard library: the kernel keeps order there, without a lock that a
//! panic could leave behind.

use std::net::{
    IpAddr, Ipv4Addr, Ipv6Addr, Shutdown, SocketAddr, SocketAddrV4, SocketAddrV6, TcpListener,
    TcpStream, UdpSocket,
};

state! {
    /// Plain data.
    impl[] for IpAddr;
    impl[] for Ipv4Addr;
    impl[] for Ipv6Addr;
    impl[] for SocketAddr;
    impl[] for SocketAddrV4;
    impl[] for SocketAddrV6;
    impl[] for Shutdown;
}

state! {
    /// The kernel synchronizes access.
    impl[] for TcpListener;
    impl[] for TcpStream;
    impl[] for UdpSocket;
    impl[] for std::fs::File;
    impl[] for std::fs::Metadata;
    impl[] for std::fs::Permissions;
    impl[] for std::fs::FileType;
    impl[] for std::fs::OpenOptions;
    impl[] for std::process::ExitStatus;
    impl[] for std::process::ExitCode;
    impl[] for std::process::Output;
    impl[] for std::process::Command;
    impl[] for std::process::Child;
    impl[] for std::process::ChildStdin;
    impl[] for std::process::ChildStdout;
    impl[] for std::process::ChildStderr;
}

#[cfg(unix)]
state! {
    /// The kernel synchronizes access.
    impl[] for std::os::fd::OwnedFd;
    impl['a] for std::os::fd::BorrowedFd<'a>;
    impl[] for std::os::unix::net::SocketAddr;
    impl[] for std::os::unix::net::UnixListener;
    impl[] for std::os::unix::net::UnixStream;
    impl[] for std::os::unix::net::UnixDatagram;
}
