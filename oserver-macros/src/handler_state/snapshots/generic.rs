#[automatically_derived]
impl<T, U> ::oserver::__private::HandlerParam for Incoming<T, U>
where
    T: ::oserver::__private::HandlerParam,
    Sender<U>: ::oserver::__private::HandlerParam,
{
    fn derive_handler_param(&self, _: ::oserver::__private::OnlyTheDerive) {
        let _ = <Json<T> as ::oserver::__private::Parameter>::ask;
        let _ = <Sender<U> as ::oserver::__private::Parameter>::ask;
        let _ = <PhantomData<U> as ::oserver::__private::Parameter>::ask;
    }
}
