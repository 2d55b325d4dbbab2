/// Says hello.
pub async fn hello(Path(name): Path<String>) -> ::oserver::__private::Guarded {
    #[cfg(panic = "abort")]
    ::core::compile_error!(
        "a handler cannot be guarded with `panic = \"abort\"`: a panic in one request would end the process; remove `panic = \"abort\"` from the profile in Cargo.toml"
    );
    if false {
        use ::oserver::__private::OtherAgain as _;
        (::oserver::__private::Static::<Path<String>>::ask_again)();
    }
    <_ as ::oserver::__private::HandlerBody>::run(
            {
                static OSERVER_META: ::oserver::__private::HandlerMeta = ::oserver::__private::HandlerMeta::new(
                        "hello",
                        ::core::module_path!(),
                        ::core::file!(),
                        ::core::line!(),
                    )
                    .timeout(::oserver::__private::Timeout::Nanoseconds(2000000000u64));
                &OSERVER_META
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
