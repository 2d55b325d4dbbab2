//! A program that runs beside this one and must not outlive it.

use std::io;
use std::process::{Child, ChildStdout, Command};

/// Ends with this value, however the measuring ends.
pub struct Process(Child);

impl Process {
    pub fn start(command: &mut Command) -> io::Result<Self> {
        command.spawn().map(Self)
    }

    pub fn id(&self) -> u32 {
        self.0.id()
    }

    /// What it prints, if that is piped; once.
    pub fn take_stdout(&mut self) -> Option<ChildStdout> {
        self.0.stdout.take()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It fails for a process that has ended already, and then `wait` is all there is to do.
        _ = self.0.kill();
        _ = self.0.wait();
    }
}
