/// Says hello.
pub async fn hello(Path(name): Path<String>) -> ::oserver::__private::Guarded {
    #[cfg(panic = "abort")]
    ::core::compile_error!(
        "a handler cannot be guarded with `panic = \"abort\"`: a panic in one request would end the process; remove `panic = \"abort\"` from the profile in Cargo.toml"
    );
    ::oserver::__private::run(
            {
                static META: ::oserver::__private::HandlerMeta = ::oserver::__private::HandlerMeta {
                    name: "hello",
                    module: ::core::module_path!(),
                    file: ::core::file!(),
                    line: ::core::line!(),
                    timeout: ::core::option::Option::Some(
                        ::oserver::__private::Timeout::Nanoseconds(2000000000u64),
                    ),
                    finish_on_disconnect: false,
                };
                &META
            },
            async move {
                if false {
                    return ::oserver::__private::never::<Result<String>>();
                }
                Ok(format!("Hello, {name}!"))
            },
        )
        .await
}
