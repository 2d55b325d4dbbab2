//! The arguments of `axum::serve` and `TcpListener::bind`, as oserver's functions take them.

use crate::fix::edits::Edit;
use crate::fix::tree::BindSite;

/// Returns the router of `router.into_make_service()`, and the feature that replaces its further effect.
pub(super) fn without_make_service(app: &str) -> Option<(&str, Option<&'static str>)> {
    let compact: String = app.split_whitespace().collect();
    let end = compact.rsplit_once(".into_make_service").map(|(_, end)| end)?;
    let router = app.rsplit_once(".into_make_service")?.0.trim_end();
    let peer = end.strip_prefix("_with_connect_info::<").and_then(|end| end.strip_suffix(">()"));
    match peer {
        Some(peer) if peer.rsplit("::").next() == Some("SocketAddr") => {
            Some((router, Some("connect-info")))
        }
        _ => (end == "()").then_some((router, None)),
    }
}

/// Returns `true` if a text names a variable only twice: where it is made, and where it is used.
pub(super) fn is_used_once(name: &str, text: &str) -> bool {
    let words = text.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
    words.filter(|word| *word == name).count() == 2
}

/// Returns `true` if a value is text, as far as its code shows.
pub(super) fn is_text(value: &str) -> bool {
    let whole = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    whole.is_some_and(|inner| !inner.contains('"'))
        || (value.starts_with("format!(") && value.ends_with(')'))
        || value.ends_with(".to_string()")
        || value.ends_with(".to_owned()")
}

/// Returns an address as text, which is what `bind` takes.
pub(super) fn address(bind: &BindSite, text: &str) -> Option<Edit> {
    let written = text.get(bind.address.clone())?;
    if written.starts_with('"') || written.starts_with("format!(") {
        return None;
    }
    if let Some(inner) = written.strip_prefix("&format!(") {
        return Some(Edit::replace(bind.address.clone(), format!("format!({inner}")));
    }
    if let Some(parts) = written.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        let (host, port) = parts.split_once(',')?;
        let (host, port) = (host.trim(), port.trim().trim_end_matches(','));
        return Some(Edit::replace(
            bind.address.clone(),
            format!("format!(\"{{}}:{{}}\", {host}, {port})"),
        ));
    }
    let bare = written.trim_start_matches('&');
    let value = if takes_a_method(bare) { bare.to_owned() } else { format!("({bare})") };
    Some(Edit::replace(bind.address.clone(), format!("{value}.to_string()")))
}

/// Returns `true` if `.method()` behind an expression is about all of it.
fn takes_a_method(text: &str) -> bool {
    use syn::Expr;
    matches!(
        syn::parse_str::<Expr>(text),
        Ok(Expr::Path(_)
            | Expr::Field(_)
            | Expr::Call(_)
            | Expr::MethodCall(_)
            | Expr::Macro(_)
            | Expr::Index(_)
            | Expr::Try(_)
            | Expr::Await(_)
            | Expr::Paren(_))
    )
}
