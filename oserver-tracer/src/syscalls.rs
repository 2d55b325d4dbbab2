//! Words for the system calls that a thread can wait in.

use std::borrow::Cow;

/// A system call, as a record describes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Call {
    pub(super) name: &'static str,
    /// The activity of a thread in the call, without the name.
    pub(super) words: &'static str,
    /// Which of its arguments is a file descriptor.
    pub(super) file: Option<usize>,
}

/// Reads a line of `/proc/self/task/ID/syscall`: the number of the call, its arguments in hexadecimal, stack
/// pointer and program counter. Returns `None` for anything else, as `running`.
pub(super) fn parse(line: &str) -> Option<(Call, Vec<u64>)> {
    let mut words = line.split_ascii_whitespace();
    let number = words.next()?.parse().ok()?;
    let hexadecimal = |word: &str| u64::from_str_radix(word.trim_start_matches("0x"), 16).ok();
    Some((call(number), words.filter_map(hexadecimal).take(6).collect()))
}

/// The call with this number on the machine that this was built for.
fn call(number: libc::c_long) -> Call {
    let known = KNOWN.iter().find(|(known, ..)| *known == number);
    match (known, number) {
        (Some(&(_, name, words)), _) => Call { name, words, file: None },
        (None, -1) => Call { name: "page fault", words: "waits for memory", file: None },
        (None, _) => {
            let known = OF_FILES.iter().find(|(known, ..)| *known == number);
            known.map_or(
                Call { name: "a system call", words: "waits in the kernel", file: None },
                |&(_, name, words)| Call { name, words, file: Some(0) },
            )
        }
    }
}

/// Number, name, words.
type Row = (libc::c_long, &'static str, &'static str);

macro_rules! rows {
    ($($(#[$attribute:meta])* $number:ident $name:literal $words:literal;)*) => {
        &[$($(#[$attribute])* (libc::$number, $name, $words),)*]
    };
}

/// Calls without a file, or with several.
const KNOWN: &[Row] = rows! {
    SYS_restart_syscall "restart_syscall" "sleeps or waits with a time limit";
    SYS_futex "futex" "waits for a lock or condition";
    SYS_nanosleep "nanosleep" "sleeps";
    SYS_clock_nanosleep "clock_nanosleep" "sleeps";
    SYS_epoll_pwait "epoll_pwait" "waits for events of files and sockets";
    SYS_epoll_pwait2 "epoll_pwait2" "waits for events of files and sockets";
    SYS_ppoll "ppoll" "waits for events of files and sockets";
    SYS_pselect6 "pselect6" "waits for events of files and sockets";
    #[cfg(target_arch = "x86_64")]
    SYS_epoll_wait "epoll_wait" "waits for events of files and sockets";
    #[cfg(target_arch = "x86_64")]
    SYS_poll "poll" "waits for events of files and sockets";
    #[cfg(target_arch = "x86_64")]
    SYS_select "select" "waits for events of files and sockets";
    SYS_io_uring_enter "io_uring_enter" "waits for input or output of io_uring";
    SYS_io_getevents "io_getevents" "waits for asynchronous input or output";
    SYS_wait4 "wait4" "waits for a child process";
    SYS_waitid "waitid" "waits for a child process";
    #[cfg(target_arch = "x86_64")]
    SYS_vfork "vfork" "waits for a child process to begin";
    SYS_clone "clone" "starts a thread or process";
    SYS_execve "execve" "starts a program";
    SYS_openat "openat" "opens a file";
    #[cfg(target_arch = "x86_64")]
    SYS_open "open" "opens a file";
    SYS_renameat2 "renameat2" "renames a file";
    SYS_unlinkat "unlinkat" "removes a file";
    SYS_sync "sync" "writes cached data to disk";
    SYS_msync "msync" "writes mapped memory to disk";
    SYS_mmap "mmap" "changes its memory map";
    SYS_munmap "munmap" "changes its memory map";
    SYS_mprotect "mprotect" "changes its memory map";
    SYS_madvise "madvise" "changes its memory map";
    SYS_getrandom "getrandom" "waits for random numbers";
    SYS_sched_yield "sched_yield" "lets other threads run";
    #[cfg(target_arch = "x86_64")]
    SYS_pause "pause" "waits for a signal";
    SYS_rt_sigsuspend "rt_sigsuspend" "waits for a signal";
    SYS_rt_sigtimedwait "rt_sigtimedwait" "waits for a signal";
    SYS_semop "semop" "waits for a System V semaphore";
    SYS_semtimedop "semtimedop" "waits for a System V semaphore";
    SYS_msgrcv "msgrcv" "waits for a System V message";
    SYS_msgsnd "msgsnd" "waits for room for a System V message";
};

/// Calls whose first argument is a file descriptor.
const OF_FILES: &[Row] = rows! {
    SYS_read "read" "reads from";
    SYS_readv "readv" "reads from";
    SYS_pread64 "pread64" "reads from";
    SYS_preadv "preadv" "reads from";
    SYS_recvfrom "recvfrom" "reads from";
    SYS_recvmsg "recvmsg" "reads from";
    SYS_recvmmsg "recvmmsg" "reads from";
    SYS_getdents64 "getdents64" "reads the folder";
    SYS_write "write" "writes to";
    SYS_writev "writev" "writes to";
    SYS_pwrite64 "pwrite64" "writes to";
    SYS_pwritev "pwritev" "writes to";
    SYS_sendto "sendto" "writes to";
    SYS_sendmsg "sendmsg" "writes to";
    SYS_sendmmsg "sendmmsg" "writes to";
    SYS_sendfile "sendfile" "writes to";
    SYS_splice "splice" "moves data from";
    SYS_copy_file_range "copy_file_range" "copies from";
    SYS_accept "accept" "waits for a connection at";
    SYS_accept4 "accept4" "waits for a connection at";
    SYS_connect "connect" "waits to be connected on";
    SYS_flock "flock" "waits for a lock on";
    SYS_fcntl "fcntl" "waits for a lock on";
    SYS_ioctl "ioctl" "waits for";
    SYS_fsync "fsync" "writes to disk";
    SYS_fdatasync "fdatasync" "writes to disk";
    SYS_fallocate "fallocate" "reserves disk space for";
    SYS_ftruncate "ftruncate" "changes the length of";
    SYS_close "close" "closes";
};

/// Words for what the kernel calls the place where a thread waits, where the call itself cannot be had.
pub(super) fn of_channel(channel: &str) -> Cow<'static, str> {
    const KNOWN: &[(&str, &str)] = &[
        ("futex", "waits for a lock or condition"),
        ("nanosleep", "sleeps"),
        ("epoll", "waits for events of files and sockets"),
        ("poll_schedule", "waits for events of files and sockets"),
        ("pipe", "waits for a pipe"),
        ("accept", "waits for a connection"),
        ("recv", "waits for a socket"),
        ("sk_", "waits for a socket"),
        ("unix_stream", "waits for a socket"),
        ("do_wait", "waits for a child process"),
        ("sigsuspend", "waits for a signal"),
        ("lock", "waits for a lock on a file"),
        ("tty", "waits for a terminal"),
    ];
    if matches!(channel, "" | "0") {
        return "waits in the kernel".into();
    }
    let known = KNOWN.iter().find(|(part, _)| channel.contains(part));
    let words = known.map_or("waits in the kernel", |(_, words)| *words);
    format!("{words} ({channel})").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_proc_is_a_call_with_arguments() {
        let line = format!("{} 0x7 0x7ffd0 0x1 0x0 0x0 0x0 0x7ffc8 0x7f10a", libc::SYS_read);
        let (call, arguments) = parse(&line).expect("it is a call");
        assert_eq!((call.name, call.file), ("read", Some(0)));
        assert_eq!((arguments.len(), arguments[0]), (6, 7));
        assert_eq!(parse("running\n"), None);
        assert_eq!(parse(""), None);
        let (fault, _) = parse("-1 0x7ffc8 0x7f10a").expect("it waits outside of a call");
        assert_eq!((fault.words, fault.file), ("waits for memory", None));
        assert_eq!(parse("99999 0x0").expect("it is a call").0.words, "waits in the kernel");
    }

    #[test]
    fn no_number_stands_for_two_calls() {
        let mut numbers: Vec<_> = KNOWN.iter().chain(OF_FILES).map(|row| row.0).collect();
        let all = numbers.len();
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), all);
    }

    #[test]
    fn the_place_of_the_wait_stands_in_for_the_call() {
        assert_eq!(of_channel("futex_do_wait"), "waits for a lock or condition (futex_do_wait)");
        assert_eq!(of_channel("0"), "waits in the kernel");
        assert_eq!(of_channel("odd_place"), "waits in the kernel (odd_place)");
    }
}
