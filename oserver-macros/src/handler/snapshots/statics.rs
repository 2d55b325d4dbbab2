async fn count(body: String) -> ::oserver::__private::Guarded {
    #[cfg(panic = "abort")]
    ::core::compile_error!(
        "a handler cannot be guarded with `panic = \"abort\"`: a panic in one request would end the process; remove `panic = \"abort\"` from the profile in Cargo.toml"
    );
    let _ = <String as ::oserver::__private::HandlerParam>::derive_handler_param;
    ::oserver::__private::run_unchecked(
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
                            ::oserver::__private::Named::check(
                                (&&&&&&::oserver::__private::static_of(place)).ask_value(),
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
                            ::oserver::__private::Named::check(
                                (&&&&&&&::oserver::__private::static_of(place)).ask_place(),
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
                            ::oserver::__private::Named::check(
                                (&&&&::oserver::__private::static_of(place)).ask_lock(),
                            );
                        }
                    }
                }
                body
                    .lines()
                    .map({
                        let value = parse;
                        if false {
                            use ::oserver::__private::ask_value::*;
                            ::oserver::__private::Named::check(
                                (&&&&&&::oserver::__private::static_of(&value)).ask_value(),
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
