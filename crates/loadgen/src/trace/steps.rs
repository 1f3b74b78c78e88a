//! From calls to what they did.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::Step;
use super::arguments::Arguments;
use super::line::Pending;

/// Where the next `write` of each open file goes, and where relative paths begin.
pub(super) struct Cursors {
    folder: PathBuf,
    offsets: HashMap<u64, u64>,
}

impl Cursors {
    pub(super) fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), offsets: HashMap::new() }
    }

    /// What a call did; nothing when it failed or did nothing that counts here.
    pub(super) fn step(&mut self, call: &Pending) -> Result<Option<Step>> {
        let arguments = Arguments::read(&call.rest)?;
        let Some(result) = arguments.result().and_then(|result| u64::try_from(result).ok()) else {
            return Ok(None);
        };
        let absolute = |path: PathBuf| self.folder.join(path);
        Ok(match call.name.as_str() {
            "openat" => self.open(&arguments)?,
            "write" | "pwrite64" | "writev" | "sendto" | "sendmsg" => {
                self.write(&call.name, &arguments, result)?
            }
            "ftruncate" => {
                let (_, path) = arguments.descriptor(0)?;
                Some(Step::Truncate { path, length: arguments.number(1)? })
            }
            "fsync" | "fdatasync" => Some(Step::Sync { path: arguments.descriptor(0)?.1 }),
            "rename" => Some(Step::Rename {
                from: absolute(arguments.path(0)?),
                to: absolute(arguments.path(1)?),
            }),
            "renameat" | "renameat2" => {
                Some(Step::Rename { from: beneath(&arguments, 0)?, to: beneath(&arguments, 2)? })
            }
            "link" => Some(Step::Link {
                from: absolute(arguments.path(0)?),
                to: absolute(arguments.path(1)?),
            }),
            "linkat" => {
                Some(Step::Link { from: beneath(&arguments, 0)?, to: beneath(&arguments, 2)? })
            }
            "unlink" => Some(Step::Unlink { path: absolute(arguments.path(0)?) }),
            "unlinkat" => Some(Step::Unlink { path: beneath(&arguments, 0)? }),
            "mkdir" => Some(Step::MakeFolder { path: absolute(arguments.path(0)?) }),
            "mkdirat" => Some(Step::MakeFolder { path: beneath(&arguments, 0)? }),
            _ => None,
        })
    }

    fn open(&mut self, arguments: &Arguments<'_>) -> Result<Option<Step>> {
        let (number, path) = arguments.returned_descriptor()?;
        self.offsets.insert(number, 0);
        let flags = arguments.text(2)?;
        let has = |flag: &str| flags.split('|').any(|one| one == flag);
        let (create, truncate) = (has("O_CREAT"), has("O_TRUNC"));
        Ok((create || truncate).then_some(Step::Open { path, create, truncate }))
    }

    fn write(
        &mut self,
        name: &str,
        arguments: &Arguments<'_>,
        written: u64,
    ) -> Result<Option<Step>> {
        let (number, path) = arguments.descriptor(0)?;
        let is_socket = path.to_string_lossy().starts_with("socket:");
        if !is_socket && !path.is_absolute() {
            return Ok(None);
        }
        let mut bytes = arguments.bytes(1)?;
        bytes.truncate(usize::try_from(written)?);
        if is_socket {
            return Ok(Some(Step::Send { bytes }));
        }
        let offset = if name == "pwrite64" {
            arguments.number(3)?
        } else {
            let cursor = self.offsets.entry(number).or_default();
            let offset = *cursor;
            *cursor += written;
            offset
        };
        Ok(Some(Step::Write { path, offset, bytes }))
    }
}

/// A path that begins at an open folder.
fn beneath(arguments: &Arguments<'_>, index: usize) -> Result<PathBuf> {
    let (_, folder) = arguments.descriptor(index)?;
    Ok(folder.join(arguments.path(index + 1)?))
}
