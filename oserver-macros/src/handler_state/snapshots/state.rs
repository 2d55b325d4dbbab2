#[automatically_derived]
impl ::oserver::__private::Derived for App {
    type A = ::oserver::__private::Nothing;
    type B = ::oserver::__private::Nothing;
    type C = ::oserver::__private::Nothing;
    type ParamA = ::oserver::__private::Nothing;
    type ParamB = ::oserver::__private::Nothing;
    type ParamC = ::oserver::__private::Nothing;
    type DataA = ::oserver::__private::Nothing;
    type DataB = ::oserver::__private::Nothing;
    type DataC = ::oserver::__private::Nothing;
    type Sharer = ::oserver::__private::Nothing;
    type Routed = ::oserver::__private::Nothing;
    type Read = ::oserver::__private::Nothing;
    type OfRequest = ::oserver::__private::Nothing;
    fn derive_handler_state_of(&self, _: ::oserver::__private::OnlyTheDerive) {}
}
#[automatically_derived]
impl ::oserver::__private::AsksFields for App {
    fn ask_fields(&self, _: ::oserver::__private::OnlyTheDerive) {
        let _ = <Arc<str> as ::oserver::__private::Shared>::ask;
        let _ = <::oserver::__private::Function as ::oserver::__private::Shared>::ask;
        let _ = <HashMap<String, User> as ::oserver::__private::Shared>::ask;
    }
}
