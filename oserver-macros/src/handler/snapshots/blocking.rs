async fn total(Path(id): Path<u64>) -> ::oserver::__private::Guarded {
    #[cfg(panic = "abort")]
    ::core::compile_error!(
        "a handler cannot be guarded with `panic = \"abort\"`: a panic in one request would end the process; remove `panic = \"abort\"` from the profile in Cargo.toml"
    );
    ::oserver::__private::run_blocking(
            {
                static META: ::oserver::__private::HandlerMeta = ::oserver::__private::HandlerMeta {
                    name: "total",
                    module: ::core::module_path!(),
                    file: ::core::file!(),
                    line: ::core::line!(),
                    timeout: ::core::option::Option::None,
                    finish_on_disconnect: false,
                };
                &META
            },
            move || { move || -> String { sum(id) } },
        )
        .await
}
