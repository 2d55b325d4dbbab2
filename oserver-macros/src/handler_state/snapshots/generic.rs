#[automatically_derived]
impl<T, U> ::oserver::__private::Derived for Incoming<T, U> {
    type A = ::oserver::__private::Nothing;
    type B = ::oserver::__private::Nothing;
    type C = ::oserver::__private::Nothing;
    type ParamA = ::oserver::__private::Nothing;
    type ParamB = ::oserver::__private::Nothing;
    type ParamC = ::oserver::__private::Nothing;
    type DataA = Json<T>;
    type DataB = Sender<U>;
    type DataC = ::oserver::__private::Nothing;
    type Sharer = ::oserver::__private::Nothing;
    type Routed = ::oserver::__private::Nothing;
    type Read = ::oserver::__private::Nothing;
    type OfRequest = Incoming<T, U>;
    fn derive_handler_state_of(&self, _: ::oserver::__private::OnlyTheDerive) {}
}
#[automatically_derived]
impl<T, U> ::oserver::__private::AsksFields for Incoming<T, U>
where
    Json<T>: ::oserver::__private::HandlerParam,
    Sender<U>: ::oserver::__private::HandlerParam,
{
    fn ask_fields(&self, _: ::oserver::__private::OnlyTheDerive) {
        let _ = <Json<T> as ::oserver::__private::HandlerParam>::derive_handler_param;
        let _ = <Sender<U> as ::oserver::__private::HandlerParam>::derive_handler_param;
        let _ = <PhantomData<
            U,
        > as ::oserver::__private::HandlerParam>::derive_handler_param;
    }
}
