//! Locks that are no type's: a token that goes round in a channel or in a `Notify`, a file that requests share and lock, and a
//! place of the process or the system that is the lock by its state: a file, a port, a variable of the environment. Findings of the lint [`semaphore-as-lock`](super).

use super::Context;
use super::LINT;
use super::channel_ends::{
    is_datagram, is_notify, is_of_channel, makes_channel, name_of, same_channel,
};
use super::shared_place::{
    GivenFiles, calls, comes_from_a_static, held_by_the_system, is_about_one_file, is_shared_file,
    is_shared_stream, pointee, tries_to_make, waits_until_gone,
};
use crate::findings::Finding;
use crate::flow::{Visit, visit};
use crate::infer::{Infer, Locals};
use crate::program::Function;
use crate::syntax::{Expr, MethodCall, Name, Place, Ty};

/// Methods of a file, of `std`, `fs2` or `fs4`.
const LOCK_A_FILE: &[&str] =
    &["lock", "lock_shared", "lock_exclusive", "try_lock", "try_lock_shared", "try_lock_exclusive"];

pub(super) fn check(context: &Context<'_, '_>, findings: &mut Vec<Finding>) {
    // Functions that lock a file that they are given, with the number of the parameter.
    let mut helpers: Vec<(&str, usize)> = Vec::new();
    for function in context.functions().filter(|function| function.def.any(&may_wait)) {
        let index = context.program.index_of(function);
        let mut look = Look {
            is_reached: index.is_some_and(|index| context.reached.contains(&index)),
            ..Look::default()
        };
        visit(context.program, function, &mut look);
        let name = &function.def.name;
        let returned = match look.stream {
            Stream::Returned(place) => Some(place),
            _ => None,
        };
        if let Some(place) = look.taken().or(returned) {
            let message = format!(
                "`{name}` takes a value out of a channel and puts one back: a request that panics between the two loses the \
                 value, and a request that hangs keeps it from all others"
            );
            push(context, function, place, message, findings);
        }
        if let Some(place) = look.notified.filter(|_| look.notifies) {
            let message = format!(
                "`{name}` waits for a notification and sends one: a request that panics between the two loses the notification, and \
                 a request that hangs keeps it from all others"
            );
            push(context, function, place, message, findings);
        }
        let borrowed = |name: &&str| {
            function.def.params.iter().position(|param| {
                matches!(param.ty, Ty::Ref(_))
                    && param.pattern.bindings.iter().any(|binding| *binding.name == **name)
            })
        };
        helpers.extend(look.given.iter().filter_map(borrowed).map(|number| (&**name, number)));
        if let Some((place, what)) = look.system {
            let message = format!(
                "`{name}` waits in a loop until another request has released {what}: a request that hangs keeps it from all others"
            );
            push(context, function, place, message, findings);
        }
        if let Some(place) = look.waits.filter(|_| look.removes || look.takes_file) {
            let message = format!(
                "`{name}` waits in a loop until it has created a file or folder that is removed later: a panic or a deadline between the two \
                 leaves it in place, also for the next process"
            );
            push(context, function, place, message, findings);
        }
        if let (Some(place), 2..) = look.renames {
            let message = format!(
                "`{name}` waits in a loop until it has renamed a file that it renames again later: a panic or a deadline between the two leaves \
                 the file with its other name, also for the next process"
            );
            push(context, function, place, message, findings);
        }
        for place in look.files {
            let message = format!(
                "`{name}` locks a file that requests share: the lock stays until `unlock`, also after a panic"
            );
            push(context, function, place, message, findings);
        }
    }
    if !helpers.is_empty() {
        for function in context.functions() {
            let mut calls = GivenFiles { helpers: &helpers, found: Vec::new() };
            visit(context.program, function, &mut calls);
            for place in calls.found {
                let message = format!(
                    "`{}` lets a function lock a file that requests share: the lock stays until `unlock`, also after a panic",
                    function.def.name
                );
                push(context, function, place, message, findings);
            }
        }
    }
}

/// Returns `true` for the call of a function that locks its argument.
fn locks_a_file(expr: &Expr) -> bool {
    calls(expr, LOCK_A_FILE) || calls(expr, &["flock"])
}

/// Returns `true` for `fs::rename(from, to)`
fn renames(expr: &Expr) -> bool {
    calls(expr, &["rename"])
}

fn is_read(call: &MethodCall) -> bool {
    !call.args.is_empty() && matches!(&*call.name, "read" | "read_exact" | "recv" | "recv_from")
}

fn is_write(call: &MethodCall) -> bool {
    matches!(&*call.name, "write" | "write_all" | "send" | "send_to")
}

/// Returns `true` for what one of these locks begins with.
fn may_wait(expr: &Expr) -> bool {
    match expr {
        Expr::Loop(..) => true,
        Expr::Method(call) => {
            &*call.name == "notified"
                || LOCK_A_FILE.contains(&&*call.name)
                || call.name.starts_with("recv")
                || is_read(call)
        }
        Expr::Call(..) => locks_a_file(expr),
        _ => false,
    }
}

fn push(
    context: &Context<'_, '_>,
    function: &Function<'_>,
    place: Place,
    message: String,
    findings: &mut Vec<Finding>,
) {
    let mut finding = context.finding(&LINT, function.module, place);
    finding.subject = function.def.name.to_string();
    finding.message = message;
    finding.help = "let an actor do the work that must not overlap".to_owned();
    findings.push(finding);
}

/// The last step of a function with a stream that requests share.
#[derive(Clone, Copy, Default)]
enum Stream {
    #[default]
    Untouched,
    Asked,
    Read(Place),
    /// It has read at this place, and written afterwards.
    Returned(Place),
}

#[derive(Default)]
struct Look<'a> {
    /// The ends of channels that the function makes itself.
    made: Vec<Name>,
    /// Takes, with the names of their receivers as far as they have one.
    takes: Vec<(Place, Option<Name>)>,
    /// Names of senders.
    puts: Vec<Option<Name>>,
    stream: Stream,
    /// Variables that a pattern takes out of statics.
    of_statics: Vec<Name>,
    /// A loop that renames a file, and the number of all such calls.
    renames: (Option<Place>, u32),
    notified: Option<Place>,
    /// After the wait.
    notifies: bool,
    files: Vec<Place>,
    /// Names without more, of which a file is locked.
    given: Vec<&'a str>,
    is_reached: bool,
    /// A loop that waits for a port, or for what the process has once, and what that is.
    system: Option<(Place, &'static str)>,
    /// A loop that makes a file which must not exist.
    waits: Option<Place>,
    removes: bool,
    /// The loop is about one file, and runs for a request.
    takes_file: bool,
}

impl<'a> Visit<'a> for Look<'a> {
    fn expr(&mut self, expr: &'a Expr, infer: &Infer<'_, 'a>, locals: &Locals<'a>) {
        if let Expr::Loop(parts, place) = expr
            && (tries_to_make(parts) || waits_until_gone(parts))
        {
            self.waits.get_or_insert(*place);
            self.takes_file |= self.is_reached && is_about_one_file(parts) && tries_to_make(parts);
        }
        if let Expr::Loop(parts, place) = expr
            && self.is_reached
            && let Some(what) = held_by_the_system(parts)
        {
            self.system.get_or_insert((*place, what));
        }
        // `fs2::FileExt::lock_exclusive(&file)`
        if let Expr::Call(_, args, place) = expr
            && locks_a_file(expr)
            && args.first().is_some_and(|file| is_shared_file(file, infer, locals))
        {
            self.files.push(*place);
        }
        if let Expr::Loop(parts, place) = expr
            && self.is_reached
            && is_about_one_file(parts)
            && parts.iter().any(|part| part.any(&renames))
        {
            self.renames.0.get_or_insert(*place);
        }
        self.renames.1 += u32::from(renames(expr));
        self.removes |= calls(expr, &["remove_file", "remove_dir"]);
        if let Expr::Let(binding) = expr
            && binding.init.as_ref().is_some_and(makes_channel)
        {
            self.made.extend(binding.pattern.bindings.iter().map(|binding| binding.name));
        }
        if let Expr::Let(binding) = expr
            && binding.init.as_ref().is_some_and(|init| comes_from_a_static(init, locals, 3))
        {
            self.of_statics.extend(binding.pattern.bindings.iter().map(|binding| binding.name));
        }
        let Expr::Method(call) = expr else { return };
        let name = name_of(&call.receiver);
        if (is_read(call) || is_write(call))
            && is_shared_stream(&call.receiver, &self.of_statics, infer, locals)
        {
            self.stream(call);
        }
        match &*call.name {
            "recv" | "recv_async" | "recv_blocking" | "recv_timeout" => {
                let ty = infer.expr(&call.receiver, locals);
                if is_of_channel(&ty, "Receiver") || is_datagram(&ty) {
                    self.takes.push((call.place, name));
                }
            }
            "send" | "send_async" | "send_blocking" | "try_send" => {
                let ty = infer.expr(&call.receiver, locals);
                if is_of_channel(&ty, "Sender") || (!self.takes.is_empty() && is_datagram(&ty)) {
                    self.puts.push(name);
                }
            }
            "notified" if is_notify(&infer.expr(&call.receiver, locals)) => {
                self.notified.get_or_insert(call.place);
            }
            "notify_one" | "notify_last" if self.notified.is_some() => {
                self.notifies |= is_notify(&infer.expr(&call.receiver, locals));
            }
            name if LOCK_A_FILE.contains(&name) => self.file(call, infer, locals),
            _ => {}
        }
    }
}

impl<'a> Look<'a> {
    /// A read before the first write takes a token; the answer to a question comes after a write.
    fn stream(&mut self, call: &MethodCall) {
        match (is_read(call), self.stream) {
            (true, Stream::Untouched) => self.stream = Stream::Read(call.place),
            (false, Stream::Untouched) => self.stream = Stream::Asked,
            (false, Stream::Read(place)) => self.stream = Stream::Returned(place),
            _ => {}
        }
    }

    /// Returns the first take from a channel that the function may put something back into.
    fn taken(&self) -> Option<Place> {
        let is_made = |name: &Option<Name>| name.is_some_and(|name| self.made.contains(&name));
        let mut takes = self.takes.iter().filter(|(_, name)| !is_made(name));
        let puts = |take: &Option<Name>| {
            self.puts.iter().any(|put| match (take, put) {
                (Some(take), Some(put)) => same_channel(take, put),
                _ => true,
            })
        };
        takes.find(|(_, name)| puts(name)).map(|(place, _)| *place)
    }

    /// One that the function opened is unlocked when it is dropped.
    fn file(&mut self, call: &'a MethodCall, infer: &Infer<'_, 'a>, locals: &Locals<'a>) {
        if is_shared_file(&call.receiver, infer, locals) {
            self.files.push(call.place);
        } else if let Expr::Path(path, _) = call.receiver.bare()
            && pointee(&infer.expr(&call.receiver, locals)).ends_with("fs::File")
        {
            self.given.extend(path.single());
        }
    }
}
