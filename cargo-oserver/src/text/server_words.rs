//! Words that make the bodies of a file worth a look. A file without any of them registers no handler,
//! accepts no connection and prints nothing; its types and signatures are read all the same.

/// Returns `true` for the names of frameworks, and of types that serve connections.
pub(super) fn server(word: &[u8]) -> bool {
    matches!(
        word,
        b"axum"
            | b"aide"
            | b"actix_web"
            | b"axum_extra"
            | b"utoipa_axum"
            | b"hyper"
            | b"hyper_util"
            | b"warp"
            | b"poem"
            | b"poem_openapi"
            | b"salvo"
            | b"salvo_core"
            | b"rocket"
            | b"tide"
            | b"tower"
            | b"tower_service"
            | b"tower_http"
            | b"oserver"
            | b"Router"
            | b"MethodRouter"
            | b"service_fn"
            | b"serve_connection"
            | b"serve_connection_with_upgrades"
            | b"tonic"
            | b"jsonrpsee"
            | b"async_graphql"
            | b"juniper"
            | b"routerify"
            | b"tiny_http"
            | b"rouille"
            | b"ntex"
            | b"viz"
            | b"xitca_web"
            | b"dropshot"
            | b"gotham"
            | b"thruster"
            | b"lambda_http"
            | b"lambda_runtime"
            | b"loco_rs"
            | b"tarpc"
            | b"socketioxide"
            | b"TcpListener"
            | b"UnixListener"
            | b"TcpListenerStream"
            | b"UnixListenerStream"
            | b"quinn"
            | b"s2n_quic"
            | b"tokio_tungstenite"
            | b"Trusted"
    )
}

pub(super) fn prints(word: &[u8]) -> bool {
    matches!(word, b"println" | b"eprintln" | b"print" | b"eprint" | b"dbg")
}
