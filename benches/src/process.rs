//! A program that runs beside this one and must not outlive it.

use std::io::{self, BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

const GLANCE: Duration = Duration::from_millis(5);

/// Ends with this value, however the measuring ends.
pub struct Process(Child);

impl Process {
    pub fn start(command: &mut Command) -> io::Result<Self> {
        command.spawn().map(Self)
    }

    pub fn id(&self) -> u32 {
        self.0.id()
    }

    /// The first line that it prints, if that is piped and comes in time; once.
    pub fn first_line(&mut self, patience: Duration) -> io::Result<String> {
        let stdout = self.0.stdout.take().ok_or_else(|| io::Error::other("nothing is piped"))?;
        let (send, line) = mpsc::channel();
        // It ends with the process at the latest.
        thread::spawn(move || {
            let mut line = String::new();
            let read = BufReader::new(stdout).read_line(&mut line);
            _ = send.send(read.map(|_| line));
        });
        line.recv_timeout(patience).unwrap_or_else(|_| Err(too_late(patience)))
    }

    /// How it ended, and the little that it printed, if that is piped.
    pub fn finish(mut self, patience: Duration) -> io::Result<(ExitStatus, String)> {
        let deadline = Instant::now() + patience;
        let status = loop {
            match self.0.try_wait()? {
                Some(status) => break status,
                None if Instant::now() < deadline => thread::sleep(GLANCE),
                None => return Err(too_late(patience)),
            }
        };
        let mut printed = Vec::new();
        if let Some(mut stdout) = self.0.stdout.take() {
            stdout.read_to_end(&mut printed)?;
        }
        if let Some(mut stderr) = self.0.stderr.take() {
            stderr.read_to_end(&mut printed)?;
        }
        Ok((status, String::from_utf8_lossy(&printed).into_owned()))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It fails for a process that has ended already, and then `wait` is all there is to do.
        _ = self.0.kill();
        _ = self.0.wait();
    }
}

fn too_late(patience: Duration) -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, format!("nothing within {patience:?}: killed"))
}

#[cfg(test)]
mod tests {
    use std::process::Stdio;

    use super::*;

    fn shell(script: &str) -> Process {
        let mut command = Command::new("sh");
        Process::start(command.args(["-c", script]).stdout(Stdio::piped())).expect("a shell")
    }

    #[test]
    fn what_was_printed_comes_with_the_status() {
        let (status, printed) =
            shell("echo one; exit 3").finish(Duration::from_secs(30)).expect("it ends");
        assert_eq!((status.code(), &*printed), (Some(3), "one\n"));
        let mut process = shell("echo one; exec sleep 60");
        assert_eq!(process.first_line(Duration::from_secs(30)).expect("a line"), "one\n");
    }

    #[test]
    fn one_that_does_not_end_is_killed() {
        let begin = Instant::now();
        let mut silent = shell("exec sleep 60");
        silent.first_line(Duration::from_millis(20)).expect_err("nothing is printed");
        silent.finish(Duration::from_millis(20)).expect_err("it does not end");
        assert!(begin.elapsed() < Duration::from_secs(50));
    }
}
