#[allow(clippy::unused_async)]
async fn named() -> ::oserver::__private::Guarded {
    #[cfg(panic = "abort")]
    ::core::compile_error!(
        "a handler cannot be guarded with `panic = \"abort\"`: a panic in one request would end the process; remove `panic = \"abort\"` from the profile in Cargo.toml"
    );
    <_ as ::oserver::__private::HandlerBody>::run(
            {
                static OSERVER_META: ::oserver::__private::HandlerMeta = ::oserver::__private::HandlerMeta::new(
                    "named",
                    ::core::module_path!(),
                    ::core::file!(),
                    ::core::line!(),
                );
                &OSERVER_META
            },
            async move {
                use std::fmt::Write;
                const NAME: &str = "name";
                if false {
                    return ::oserver::__private::never::<String>();
                }
                let mut text = String::new();
                if false {
                    match NAME {
                        ref place => {
                            use ::oserver::__private::ask_value::*;
                            ::oserver::__private::answered(
                                (&&&&&&&&::oserver::__private::static_of(place))
                                    .ask_value(),
                                <_ as ::oserver::__private::Shared>::ask,
                            );
                        }
                    }
                }
                _ = text.write_str(NAME);
                text
            },
        )
        .await
}
