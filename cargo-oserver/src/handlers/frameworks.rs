//! Which framework a handler is for.

use crate::program::{ModuleId, Program};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framework {
    Axum,
    Actix,
    Warp,
    Poem,
    Salvo,
    Rocket,
    Tide,
    Tower,
    Hyper,
    Oserver,
    Tonic,
    PoemGrpc,
    /// Tools and prompts of a server of the Model Context Protocol.
    Mcp,
    Jsonrpsee,
    AsyncGraphql,
    Juniper,
    Routerify,
    TinyHttp,
    Rouille,
    Ntex,
    Viz,
    Xitca,
    Dropshot,
    Gotham,
    Thruster,
    Lambda,
    Tarpc,
    Socketioxide,
    /// The service's own accept loop.
    Sockets,
    Unknown,
}

/// By the crate that a path starts with. `tower` and `hyper` come last: what uses them with a router is
/// named after the router.
const CRATES: &[(&str, Framework)] = &[
    ("oserver", Framework::Oserver),
    ("oserver_runtime", Framework::Oserver),
    ("oserver_state", Framework::Oserver),
    ("oserver_macros", Framework::Oserver),
    ("axum", Framework::Axum),
    ("axum_extra", Framework::Axum),
    ("axum_core", Framework::Axum),
    ("axum_macros", Framework::Axum),
    ("utoipa_axum", Framework::Axum),
    ("aide", Framework::Axum),
    ("loco_rs", Framework::Axum),
    ("actix_web", Framework::Actix),
    ("actix_service", Framework::Actix),
    ("actix_web_httpauth", Framework::Actix),
    ("actix_web_lab", Framework::Actix),
    ("warp", Framework::Warp),
    ("poem", Framework::Poem),
    ("poem_openapi", Framework::Poem),
    ("salvo", Framework::Salvo),
    ("salvo_core", Framework::Salvo),
    ("rocket", Framework::Rocket),
    ("tide", Framework::Tide),
    ("routerify", Framework::Routerify),
    ("rouille", Framework::Rouille),
    ("tiny_http", Framework::TinyHttp),
    ("ntex", Framework::Ntex),
    ("viz", Framework::Viz),
    ("xitca_web", Framework::Xitca),
    ("dropshot", Framework::Dropshot),
    ("gotham", Framework::Gotham),
    ("thruster", Framework::Thruster),
    ("lambda_http", Framework::Lambda),
    ("lambda_runtime", Framework::Lambda),
    ("tarpc", Framework::Tarpc),
    ("socketioxide", Framework::Socketioxide),
    ("jsonrpsee", Framework::Jsonrpsee),
    ("jsonrpsee_core", Framework::Jsonrpsee),
    ("jsonrpsee_server", Framework::Jsonrpsee),
    ("tonic", Framework::Tonic),
    ("poem_grpc", Framework::PoemGrpc),
    ("rmcp", Framework::Mcp),
    ("poem_mcpserver", Framework::Mcp),
    ("tower", Framework::Tower),
    ("tower_service", Framework::Tower),
    ("hyper", Framework::Hyper),
    ("hyper_util", Framework::Hyper),
];

impl Framework {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Axum => "axum",
            Self::Actix => "actix-web",
            Self::Warp => "warp",
            Self::Poem => "poem",
            Self::Salvo => "salvo",
            Self::Rocket => "rocket",
            Self::Tide => "tide",
            Self::Tower => "tower",
            Self::Hyper => "hyper",
            Self::Oserver => "oserver",
            Self::Tonic => "tonic",
            Self::PoemGrpc => "poem-grpc",
            Self::Mcp => "mcp",
            Self::Jsonrpsee => "jsonrpsee",
            Self::AsyncGraphql => "async-graphql",
            Self::Juniper => "juniper",
            Self::Routerify => "routerify",
            Self::TinyHttp => "tiny_http",
            Self::Rouille => "rouille",
            Self::Ntex => "ntex",
            Self::Viz => "viz",
            Self::Xitca => "xitca-web",
            Self::Dropshot => "dropshot",
            Self::Gotham => "gotham",
            Self::Thruster => "thruster",
            Self::Lambda => "lambda",
            Self::Tarpc => "tarpc",
            Self::Socketioxide => "socketioxide",
            Self::Sockets => "sockets",
            Self::Unknown => "unknown",
        }
    }

    /// By a path into another crate.
    #[must_use]
    pub fn of_path(path: &str) -> Self {
        let krate = path.trim_start_matches('?').split("::").next().unwrap_or_default();
        CRATES.iter().find(|(name, _)| *name == krate).map_or(Self::Unknown, |(_, known)| *known)
    }

    /// By the imports of the module's file, else by the dependencies of its package.
    #[must_use]
    pub fn of_module(program: &Program<'_>, id: ModuleId) -> Self {
        let mut at = Some(id);
        let mut names: Vec<&str> = Vec::new();
        while let Some(id) = at {
            let module = program.module(id);
            names.extend(
                module.items.imports.iter().filter_map(|import| Some(&**import.path.first()?)),
            );
            at = module.parent.filter(|parent| program.module(*parent).file == module.file);
        }
        let mut best = best(&names);
        if best.is_none()
            && let Some(package) = program.krate(id).package
        {
            let dependencies = &program.sources.packages[package as usize].dependencies;
            // A renamed one is what its package is.
            let packages =
                dependencies.iter().map(|dependency| dependency.package.replace('-', "_"));
            let packages: Vec<String> = packages.collect();
            best = self::best(&packages.iter().map(String::as_str).collect::<Vec<_>>());
        }
        best.map_or(Self::Unknown, |rank| CRATES[rank].1)
    }
}

/// Returns the first of the list of crates that is among the names.
fn best(names: &[&str]) -> Option<usize> {
    CRATES.iter().position(|(known, _)| names.contains(known))
}
