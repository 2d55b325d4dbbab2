#[allow(clippy::unused_async)]
async fn named() -> ::oserver::__private::Guarded {
    #[cfg(panic = "abort")]
    ::core::compile_error!(
        "a handler cannot be guarded with `panic = \"abort\"`: a panic in one request would end the process; remove `panic = \"abort\"` from the profile in Cargo.toml"
    );
    ::oserver::__private::run(
            {
                static META: ::oserver::__private::HandlerMeta = ::oserver::__private::HandlerMeta {
                    name: "named",
                    module: ::core::module_path!(),
                    file: ::core::file!(),
                    line: ::core::line!(),
                    timeout: ::core::option::Option::None,
                    finish_on_disconnect: false,
                };
                &META
            },
            async move {
                use std::fmt::Write;
                const NAME: &str = "name";
                if false {
                    return ::oserver::__private::never::<String>();
                }
                let mut text = String::new();
                _ = text.write_str(NAME);
                text
            },
        )
        .await
}
