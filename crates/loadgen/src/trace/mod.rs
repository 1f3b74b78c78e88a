//! What a process did to its files and sockets, read from the log of `strace`.
//!
//! The log must come from `strace -f -y -xx -s 1048576 -e trace=…` with at least [`CALLS`]: every
//! string complete and in hexadecimal, every file descriptor with its path.

mod arguments;
mod line;
mod steps;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::io::BufRead;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use line::{Line, Pending};
use steps::Cursors;

/// The system calls that are understood, as `strace -e trace=` takes them.
pub const CALLS: &str = "openat,write,pwrite64,writev,ftruncate,fsync,fdatasync,rename,renameat,\
                         renameat2,link,linkat,unlink,unlinkat,mkdir,mkdirat,sendto,sendmsg";

/// One call that succeeded. Its place in the log is that of lines: a call begins on one and ends on the
/// same or a later one, and whatever ends before another begins has happened before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The line on which the call begins.
    pub begun: usize,
    /// The line on which it ends.
    pub ended: usize,
    /// What it did.
    pub step: Step,
}

/// What a call did. Paths are absolute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A file was opened that may be made or emptied by that.
    Open {
        /// Which.
        path: PathBuf,
        /// Whether it is made when it is missing.
        create: bool,
        /// Whether it is emptied.
        truncate: bool,
    },
    /// Bytes were written into a file.
    Write {
        /// Which.
        path: PathBuf,
        /// From where on.
        offset: u64,
        /// What.
        bytes: Vec<u8>,
    },
    /// A file was cut or filled with zeros to a length.
    Truncate {
        /// Which.
        path: PathBuf,
        /// How long it is now.
        length: u64,
    },
    /// What was done to a file, or to the names in a folder, is on disk.
    Sync {
        /// Which.
        path: PathBuf,
    },
    /// A file has another name.
    Rename {
        /// The one it had.
        from: PathBuf,
        /// The one it has.
        to: PathBuf,
    },
    /// A file has one more name.
    Link {
        /// The one it had.
        from: PathBuf,
        /// The one it has besides.
        to: PathBuf,
    },
    /// A name is gone.
    Unlink {
        /// Which.
        path: PathBuf,
    },
    /// A folder was made.
    MakeFolder {
        /// Which.
        path: PathBuf,
    },
    /// Bytes were handed to a socket.
    Send {
        /// What, over all parts of one call.
        bytes: Vec<u8>,
    },
}

/// Reads a log. `folder` is where the process was started: relative paths begin there.
///
/// Calls that failed or did nothing to files or sockets are left out. An error names the line.
pub fn read(log: impl BufRead, folder: &Path) -> Result<Vec<Moment>> {
    let mut reader = Reader { unfinished: HashMap::new(), cursors: Cursors::new(folder) };
    let mut moments = Vec::new();
    for (number, text) in log.lines().enumerate() {
        let moment = reader.line(&text?, number);
        moments.extend(moment.with_context(|| format!("line {}", number + 1))?);
    }
    Ok(moments)
}

struct Reader {
    /// The call in which each process waits.
    unfinished: HashMap<u32, Pending>,
    cursors: Cursors,
}

impl Reader {
    fn line(&mut self, text: &str, number: usize) -> Result<Option<Moment>> {
        let call = match line::read(text, number)? {
            Line::Whole(call) => call,
            Line::Begun(process, call) => {
                self.unfinished.insert(process, call);
                return Ok(None);
            }
            Line::Resumed(process, rest) => match self.unfinished.remove(&process) {
                Some(begun) => begun.resumed(rest),
                // It began before the log did.
                None => return Ok(None),
            },
            Line::Other => return Ok(None),
        };
        let step = self.cursors.step(&call)?;
        Ok(step.map(|step| Moment { begun: call.begun, ended: number, step }))
    }
}
