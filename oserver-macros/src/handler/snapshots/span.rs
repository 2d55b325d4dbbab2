async fn order(
    Json(order): Json<Order>,
    coupon: Query<Coupon>,
) -> ::oserver::__private::Guarded {
    #[cfg(panic = "abort")]
    ::core::compile_error!(
        "a handler cannot be guarded with `panic = \"abort\"`: a panic in one request would end the process; remove `panic = \"abort\"` from the profile in Cargo.toml"
    );
    if false {
        use ::oserver::__private::OtherAgain as _;
        (::oserver::__private::Static::<Json<Order>>::ask_again)();
    }
    if false {
        use ::oserver::__private::OtherAgain as _;
        (::oserver::__private::Static::<Query<Coupon>>::ask_again)();
    }
    <_ as ::oserver::__private::HandlerBody>::run(
            ::oserver::__private::record_fields(
                {
                    static OSERVER_META: ::oserver::__private::HandlerMeta = ::oserver::__private::HandlerMeta::new(
                            "order",
                            ::core::module_path!(),
                            ::core::file!(),
                            ::core::line!(),
                        )
                        .span_name("checkout")
                        .level(::oserver::__private::Level::DEBUG)
                        .fields(&["sku", "count", "coupon", NAME, "a b", "later"]);
                    &OSERVER_META
                },
                |fields| {
                    ::oserver::__private::Fields::display(fields, "sku", &(order.sku));
                    ::oserver::__private::Fields::value(
                        fields,
                        "count",
                        &(order.lines.len()),
                    );
                    ::oserver::__private::Fields::debug(fields, "coupon", &(coupon));
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
                    ::oserver::__private::Fields::value(fields, NAME, &(1));
                    ::oserver::__private::Fields::debug(fields, "a b", &(1));
                },
            ),
            async move {
                if false {
                    return;
                }
            },
        )
        .await
}
