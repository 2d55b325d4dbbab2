async fn total(Path(id): Path<u64>) -> ::oserver::__private::Guarded {
    #[cfg(panic = "abort")]
    ::core::compile_error!(
        "a handler cannot be guarded with `panic = \"abort\"`: a panic in one request would end the process; remove `panic = \"abort\"` from the profile in Cargo.toml"
    );
    if false {
        use ::oserver::__private::OtherAgain as _;
        (::oserver::__private::Static::<Path<u64>>::ask_again)();
    }
    ::oserver::__private::run_blocking(
            {
                static OSERVER_META: ::oserver::__private::HandlerMeta = ::oserver::__private::HandlerMeta::new(
                    "total",
                    ::core::module_path!(),
                    ::core::file!(),
                    ::core::line!(),
                );
                &OSERVER_META
            },
            move || { move || -> String { sum(id) } },
        )
        .await
}
