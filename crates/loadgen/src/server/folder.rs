//! Where a server keeps its data.

use std::path::{Path, PathBuf};

use anyhow::Result;
use tempfile::TempDir;

/// A data folder, and one to run in: a server also reads `.env` and its TOML file from there.
#[derive(Debug)]
pub(super) struct Folder {
    working: TempDir,
    data: PathBuf,
}

impl Folder {
    /// A new one that is removed with this value.
    pub(super) fn new() -> Result<Self> {
        let working = tempfile::Builder::new().prefix("loadgen-").tempdir()?;
        let data = working.path().join("data");
        Ok(Self { working, data })
    }

    /// One that stays.
    pub(super) fn given(data: &Path) -> Result<Self> {
        let data = std::path::absolute(data)?;
        Ok(Self { data, ..Self::new()? })
    }

    pub(super) fn working(&self) -> &Path {
        self.working.path()
    }

    pub(super) fn data(&self) -> &Path {
        &self.data
    }
}
