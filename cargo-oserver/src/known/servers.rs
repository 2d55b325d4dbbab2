//! Frameworks that the audit does not read: it names them, so that an empty result is not mistaken for a clean one.

const UNREAD: &[(&str, &str)] = &[
    ("capnp_rpc", "capnp-rpc"),
    ("cot", "cot"),
    ("ftl", "ftl"),
    ("grpcio", "grpcio"),
    ("iron", "iron"),
    ("jsonrpc_core", "jsonrpc-core"),
    ("jsonrpc_http_server", "jsonrpc-http-server"),
    ("leptos", "leptos"),
    ("may_minihttp", "may_minihttp"),
    ("monoio_http", "monoio-http"),
    ("nickel", "nickel"),
    ("pavex", "pavex"),
    ("quinn", "quinn"),
    ("roa", "roa"),
    ("rweb", "rweb"),
    ("s2n_quic", "s2n-quic"),
    ("saphir", "saphir"),
    ("simple_server", "simple-server"),
    ("spin_sdk", "spin-sdk"),
    ("trillium", "trillium"),
    ("volo_grpc", "volo-grpc"),
    ("volo_http", "volo-http"),
    ("volo_thrift", "volo-thrift"),
    ("vial", "vial"),
    ("worker", "worker"),
    ("zino", "zino"),
];

/// Returns the name of a server that the audit does not read, by its crate.
#[must_use]
pub fn unread_server(krate: &str) -> Option<&'static str> {
    UNREAD.iter().find(|(known, _)| *known == krate).map(|(_, name)| *name)
}

/// Frameworks whose own sources may be among those that are read: what they do inside is theirs.
const FRAMEWORKS: &[&str] = &[
    "actix_web",
    "aide",
    "async_graphql",
    "axum",
    "axum_core",
    "axum_extra",
    "dropshot",
    "gotham",
    "h2",
    "hyper",
    "hyper_util",
    "jsonrpsee",
    "jsonrpsee_core",
    "jsonrpsee_server",
    "juniper",
    "lambda_http",
    "lambda_runtime",
    "loco_rs",
    "ntex",
    "oserver",
    "oserver_runtime",
    "poem",
    "poem_grpc",
    "poem_mcpserver",
    "poem_openapi",
    "rmcp",
    "rocket",
    "rouille",
    "routerify",
    "salvo",
    "salvo_core",
    "socketioxide",
    "tarpc",
    "thruster",
    "tide",
    "tiny_http",
    "tonic",
    "tower",
    "tower_http",
    "tower_service",
    "viz",
    "warp",
    "xitca_web",
];

#[must_use]
pub fn is_framework(krate: &str) -> bool {
    FRAMEWORKS.contains(&krate)
}

/// Functions that start a server.
const STARTS: &[&str] = &[
    "axum::serve",
    "axum::Server::bind",
    "axum_server::bind",
    "axum_server::bind_rustls",
    "hyper::Server::bind",
    "hyper::server::Server::bind",
    "warp::serve",
    "rocket::build",
    "rocket::custom",
    "actix_web::HttpServer::new",
    "tonic::transport::Server::builder",
    "tiny_http::Server::http",
    "tiny_http::Server::https",
    "rouille::start_server",
    "poem::Server::new",
    "salvo::Server::new",
    "salvo::prelude::Server::new",
    "tide::new",
    "tide::with_state",
    "jsonrpsee::server::Server::builder",
    "jsonrpsee::server::ServerBuilder::default",
    "oserver::serve",
];

/// Returns `true` if a function of this name may start a server.
#[must_use]
pub fn may_start(name: &str) -> bool {
    STARTS.iter().any(|path| path.rsplit("::").next() == Some(name))
}

#[must_use]
pub fn starts_server(path: &str) -> bool {
    STARTS.contains(&path)
}
