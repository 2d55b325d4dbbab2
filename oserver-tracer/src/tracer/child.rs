//! The tracer's side. It runs before the program's own `main`, answers one question, and ends.

use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::fs::FileExt;

use framehop::{CacheNative, UnwindRegsNative, Unwinder, UnwinderNative};
use nix::errno::Errno;
use nix::sys::ptrace;
use nix::sys::signal::Signal;
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::{Pid, getppid};

use super::Refused;
use super::modules::{Memory, load, stack_end};

/// The name that a tracer is started with: no user of the program can mean it.
pub(super) const MARK: &str = "oserver stack tracer";

/// How much of a stack is copied. More is only there in a recursion that got out of hand.
const MOST_STACK: usize = 1 << 20;
/// The bytes below the stack pointer that are still in use (x86_64).
const RED_ZONE: u64 = 128;
/// Frames that are answered.
const MOST_FRAMES: usize = 256;

const STACK: &str = "stack";
const NOT_PERMITTED: &str = "not permitted";
const ENDED: &str = "ended";

pub(super) fn is_asked() -> bool {
    std::env::args_os().next().is_some_and(|name| name == MARK)
}

/// Answers the parent, and ends the process.
pub(super) fn serve() -> ! {
    let mut question = String::new();
    _ = std::io::stdin().read_to_string(&mut question);
    let answer = match answer(&question) {
        Ok(addresses) => {
            let mut text = String::from(STACK);
            for address in addresses {
                text.push_str(&format!("\n{address:x}"));
            }
            text
        }
        Err(why) => why,
    };
    _ = std::io::stdout().write_all(answer.as_bytes());
    std::process::exit(0)
}

/// Parses the answer of the tracer, as the parent has it.
pub(super) fn parse(answer: &str) -> Result<Vec<usize>, Refused> {
    let mut lines = answer.lines();
    match lines.next() {
        Some(STACK) => Ok(lines.filter_map(|line| usize::from_str_radix(line, 16).ok()).collect()),
        Some(NOT_PERMITTED) => Err(Refused::NotPermitted),
        Some(ENDED) => Err(Refused::Ended),
        Some(other) => Err(Refused::Failed(other.to_owned())),
        None => Err(Refused::Failed("the tracer process ended without an answer".into())),
    }
}

fn answer(question: &str) -> Result<Vec<u64>, String> {
    let mut numbers = question.split_ascii_whitespace().map_while(|word| word.parse().ok());
    let (Some(process), Some(thread)) = (numbers.next(), numbers.next()) else {
        return Err("the tracer process got no request".into());
    };
    if getppid() != Pid::from_raw(process) {
        return Err("the tracer process is not a child of the server".into());
    }
    let path = |file| format!("/proc/{process}/{file}");
    let memory = File::open(path("mem")).map_err(|error| word(&error))?;
    let maps = std::fs::read_to_string(path("maps")).map_err(|error| word(&error))?;
    let copy = copy(Pid::from_raw(thread), &memory, &maps)
        .map_err(|errno| word(&std::io::Error::from(errno)))?;
    Ok(unwind(&copy, &memory, &maps))
}

/// The word for an error that the parent knows, or a sentence.
fn word(error: &std::io::Error) -> String {
    match error.raw_os_error().map(Errno::from_raw) {
        Some(Errno::EPERM | Errno::EACCES) => NOT_PERMITTED.into(),
        Some(Errno::ESRCH | Errno::ENOENT | Errno::ECHILD) => ENDED.into(),
        _ => format!("the tracer process failed: {error}"),
    }
}

/// A thread at one moment.
struct Copy {
    counter: u64,
    registers: UnwindRegsNative,
    /// Address of the first byte of the stack.
    begin: u64,
    stack: Vec<u8>,
}

/// Stops the thread for as long as it takes to copy it.
fn copy(thread: Pid, memory: &File, maps: &str) -> Result<Copy, Errno> {
    ptrace::seize(thread, ptrace::Options::empty())?;
    let stopped =
        ptrace::interrupt(thread).and_then(|()| waitpid(thread, Some(WaitPidFlag::__WALL)));
    let copy = match stopped {
        Ok(WaitStatus::Exited(..) | WaitStatus::Signaled(..)) => return Err(Errno::ESRCH),
        Ok(_) => copy_stopped(thread, memory, maps),
        Err(errno) => Err(errno),
    };
    // A signal that came at that moment is the thread's.
    let signal = match stopped {
        Ok(WaitStatus::Stopped(_, signal)) if signal != Signal::SIGTRAP => Some(signal),
        _ => None,
    };
    // When this fails the end of this process lets the thread go on.
    _ = ptrace::detach(thread, signal);
    copy
}

fn copy_stopped(thread: Pid, memory: &File, maps: &str) -> Result<Copy, Errno> {
    let registers = ptrace::getregs(thread)?;
    #[cfg(target_arch = "x86_64")]
    let (counter, pointer, registers) = (
        registers.rip,
        registers.rsp,
        UnwindRegsNative::new(registers.rip, registers.rsp, registers.rbp),
    );
    #[cfg(target_arch = "aarch64")]
    let (counter, pointer, registers) = {
        use framehop::aarch64::PtrAuthMask;
        let (frame, link) = (registers.regs[29], registers.regs[30]);
        let mask = PtrAuthMask::from_max_known_address(super::modules::highest(maps));
        let unwound = UnwindRegsNative::new_with_ptr_auth_mask(mask, link, registers.sp, frame);
        (registers.pc, registers.sp, unwound)
    };
    let begin = pointer.saturating_sub(RED_ZONE);
    let end = stack_end(maps, pointer).unwrap_or(pointer);
    let length = usize::try_from(end.saturating_sub(begin)).unwrap_or(MOST_STACK).min(MOST_STACK);
    let mut stack = vec![0; length];
    let read = memory.read_at(&mut stack, begin).unwrap_or(0);
    stack.truncate(read);
    Ok(Copy { counter, registers, begin, stack })
}

/// The addresses that `backtrace::resolve` finds the calls at, innermost first.
fn unwind(copy: &Copy, memory: &File, maps: &str) -> Vec<u64> {
    let mut unwinder = UnwinderNative::<Vec<u8>, framehop::MayAllocateDuringUnwind>::new();
    for module in load(maps, &Memory(memory)) {
        unwinder.add_module(module);
    }
    let mut cache = CacheNative::<framehop::MayAllocateDuringUnwind>::new();
    let mut read = |address: u64| {
        let offset = usize::try_from(address.checked_sub(copy.begin).ok_or(())?).map_err(|_| ())?;
        let bytes = copy.stack.get(offset..offset + 8).ok_or(())?;
        Ok(u64::from_ne_bytes(bytes.try_into().map_err(|_| ())?))
    };
    let mut frames = unwinder.iter_frames(copy.counter, copy.registers, &mut cache, &mut read);
    let mut addresses = Vec::new();
    while let Ok(Some(frame)) = frames.next() {
        // It takes one off, as for a return address.
        addresses.push(frame.address_for_lookup() + 1);
        if addresses.len() == MOST_FRAMES {
            break;
        }
    }
    addresses
}
