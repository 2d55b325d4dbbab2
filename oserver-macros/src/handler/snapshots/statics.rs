async fn count(body: String) -> ::oserver::__private::Guarded {
    #[cfg(panic = "abort")]
    ::core::compile_error!(
        "a handler cannot be guarded with `panic = \"abort\"`: a panic in one request would end the process; remove `panic = \"abort\"` from the profile in Cargo.toml"
    );
    let _ = <String as ::oserver::__private::HandlerParam>::derive_handler_param;
    <_ as ::oserver::__private::GenericHandlerBody>::run_unchecked(
            {
                static OSERVER_META: ::oserver::__private::HandlerMeta = ::oserver::__private::HandlerMeta::new(
                    "count",
                    ::core::module_path!(),
                    ::core::file!(),
                    ::core::line!(),
                );
                &OSERVER_META
            },
            async move {
                if false {
                    return ::oserver::__private::never::<String>();
                }
                if false {
                    match SHARED {
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
                let shared = SHARED;
                #[allow(deprecated)]
                if false {
                    match store::COUNT {
                        ref place => {
                            use ::oserver::__private::ask_place::*;
                            ::oserver::__private::answered(
                                (&&&&&&&&&::oserver::__private::static_of(place))
                                    .ask_place(),
                                <_ as ::oserver::__private::Shared>::ask,
                            );
                        }
                    }
                }
                #[allow(deprecated)]
                let old = store::COUNT.lock();
                if false {
                    match Self::NAME {
                        ref place => {
                            use ::oserver::__private::ask_lock::*;
                            ::oserver::__private::answered(
                                (&&&&&&::oserver::__private::static_of(place)).ask_lock(),
                                <_ as ::oserver::__private::Shared>::ask,
                            );
                        }
                    }
                }
                body
                    .lines()
                    .map({
                        let value = parse;
                        'checked: {
                            if true {
                                break 'checked;
                            }
                            use ::oserver::__private::ask_value::*;
                            ::oserver::__private::answered(
                                (&&&&&&&&::oserver::__private::static_of(&value))
                                    .ask_value(),
                                <_ as ::oserver::__private::Shared>::ask,
                            );
                        }
                        value
                    })
                    .count()
                    .to_string() + &Self::NAME.len().to_string()
            },
        )
        .await
}
