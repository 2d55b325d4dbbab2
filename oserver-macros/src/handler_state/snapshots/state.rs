#[automatically_derived]
impl ::oserver::__private::HandlerParam for App {
    fn derive_handler_param(&self, _: ::oserver::__private::OnlyTheDerive) {}
}
#[automatically_derived]
impl ::oserver::__private::HandlerState for App {
    fn derive_handler_state(&self, _: ::oserver::__private::OnlyTheDerive) {
        if false {
            use ::oserver::__private::ask_state::*;
            ::oserver::__private::Named::check(
                (&&&&&&&::oserver::__private::type_of::<Arc<str>>()).ask_state(),
            );
        }
        let _ = <::oserver::__private::Function as ::oserver::__private::StateField>::ask;
        let _ = <HashMap<String, User> as ::oserver::__private::StateField>::ask;
    }
}
