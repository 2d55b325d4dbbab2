#[automatically_derived]
impl ::oserver::__private::Derived for State {
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
impl ::oserver::__private::AsksFields for State {
    fn ask_fields(&self, _: ::oserver::__private::OnlyTheDerive) {
        match self {
            Self::Empty {} => {}
            Self::Full { users: field_0, templates: field_1 } => {
                let _: *const Users = field_0;
                let _: *const Templates = field_1;
            }
            Self::Number { 0: field_0 } => {
                let _: *const u32 = field_0;
            }
        }
        let _ = <Users as ::oserver::__private::Shared>::ask;
        let _ = <u32 as ::oserver::__private::Shared>::ask;
    }
}
