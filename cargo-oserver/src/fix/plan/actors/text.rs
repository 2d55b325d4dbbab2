//! Text of an actor: the actor itself, and its handle in the place of the lock.

use super::{actor, put};
use crate::fix::edits::Edit;
use crate::fix::plan::Source;
use crate::fix::tree::{MethodSite, WrapperSite, indent};

/// Returns all edits of the struct's own file, callers aside.
pub(super) fn edits(
    site: &WrapperSite,
    source: &Source,
    krate: &str,
    renamed: Option<&str>,
) -> Vec<Edit> {
    let blanks = indent(&source.text, site.end);
    let name = actor(site);
    let mut edits = vec![
        Edit::replace(site.ty.clone(), format!("{name}Handle")),
        Edit::insert(site.end, written(site, krate, renamed, blanks)),
    ];
    for maker in &site.makers {
        let value = maker.value.as_deref().unwrap_or("Default::default()");
        let factory = format!("{}|| {name}({value})", if maker.moves { "move " } else { "" });
        let factory = match maker.copies.concat() {
            copies if copies.is_empty() => factory,
            copies => format!("{{ {copies}{factory} }}"),
        };
        let supervised = format!("{krate}::supervise({factory})");
        edits.push(Edit::replace(maker.whole.clone(), supervised));
    }
    if let Some(range) = &site.default {
        edits.push(Edit::replace(range.clone(), ""));
    }
    let result = result(source);
    for method in &site.methods {
        edits.extend(handle(site, method, krate, result, &source.text));
    }
    edits
}

/// `Result`, unless the file has another one.
fn result(source: &Source) -> &'static str {
    let other = source.tree.uses.iter().any(|import| import.name == "Result");
    if other { "std::result::Result" } else { "Result" }
}

/// Returns the actor, behind the struct.
fn written(site: &WrapperSite, krate: &str, renamed: Option<&str>, blanks: &str) -> String {
    let name = actor(site);
    let attribute = match renamed {
        None => "#[oserver::actor]".to_owned(),
        Some(name) => format!("#[{name}::actor(crate = {name})]"),
    };
    let mut text = format!(
        "\n\n/// The value of the lock that [`{}`] had. One task owns it now.\n{}struct {name}({});\n\n{attribute}\nimpl {name} {{",
        site.name, site.vis, site.inner
    );
    for (number, method) in site.methods.iter().enumerate() {
        if number > 0 {
            text.push('\n');
        }
        text.push_str(&command(method));
    }
    text.push_str("\n}");
    if site.default.is_some() {
        let field = match site.tuple {
            true => format!("Self({krate}::supervise(|| {name}(Default::default())))"),
            false => {
                let others: String = site
                    .others
                    .iter()
                    .map(|other| format!(", {other}: Default::default()"))
                    .collect();
                format!(
                    "Self {{ {}: {krate}::supervise(|| {name}(Default::default())){others} }}",
                    site.field
                )
            }
        };
        text.push_str(&format!(
            "\n\nimpl Default for {} {{\n    fn default() -> Self {{\n        {field}\n    }}\n}}",
            site.name
        ));
    }
    text.replace('\n', &format!("\n{blanks}")).replace(&format!("\n{blanks}\n"), "\n\n")
}

/// Returns one command of the actor, with the body that ran under the lock.
fn command(method: &MethodSite) -> String {
    let mut params = String::new();
    let mut borrowed = String::new();
    for (name, ty, owned) in &method.params {
        match owned {
            Some(owned) => {
                params.push_str(&format!(", {name}: {}", owned.ty));
                let deref = if owned.make == "clone" { "" } else { "*" };
                borrowed.push_str(&format!("\n        let {name} = &{deref}{name};"));
            }
            None => params.push_str(&format!(", {name}: {ty}")),
        }
    }
    for (name, ty, _) in &method.fields {
        params.push_str(&format!(", {name}: {ty}"));
    }
    let output = match &*method.returns {
        "()" => String::new(),
        returns => format!(" -> {returns}"),
    };
    let body = method.rewritten.strip_prefix('{').unwrap_or(&method.rewritten);
    format!(
        "\n    pub {keyword} {name}(&{mutable}self{params}){output} {{{borrowed}{body}",
        keyword = if body.contains(".await") { "async fn" } else { "fn" },
        name = method.name,
        mutable = if method.writes { "mut " } else { "" },
    )
}

/// Returns the method of the handle, which asks the actor.
fn handle(
    site: &WrapperSite,
    method: &MethodSite,
    krate: &str,
    result: &str,
    text: &str,
) -> Vec<Edit> {
    let blanks = indent(text, method.body.end);
    let args: Vec<String> = method
        .params
        .iter()
        .map(|(name, _, owned)| match owned {
            Some(owned) => format!("{name}.{}()", owned.make),
            None => name.clone(),
        })
        .chain(method.fields.iter().map(|(_, _, value)| value.clone()))
        .collect();
    let returns = format!("-> {result}<{}, {krate}::CallError>", method.returns);
    let blank = if method.output.is_empty() { " " } else { "" };
    let ask = format!("self.{}.{}({}).await", site.field, method.name, args.join(", "));
    let mut edits = vec![
        put(method.output.clone(), format!("{blank}{returns}")),
        Edit::replace(method.body.clone(), format!("{{\n{blanks}    {ask}\n{blanks}}}")),
    ];
    if !method.is_async {
        edits.push(Edit::insert(method.keyword, "async "));
    }
    edits
}
