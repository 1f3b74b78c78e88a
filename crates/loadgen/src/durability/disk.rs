//! A disk that forgets: what a power cut leaves of the files that a process wrote.
//!
//! After a write only an fsync of the file makes its bytes certain, and only an fsync of a folder the names
//! in it. Until then a power cut may leave all of them, none, or any part. This is stricter than
//! most file systems, which order some of it by themselves.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rand::RngExt as _;
use rand::rngs::StdRng;

use crate::trace::Step;

/// What a disk writes at once, in bytes: a cut may come between any two.
const SECTOR_BYTES: usize = 512;

/// How much of what was not synced a power cut leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Left {
    /// Nothing: the disk had written none of it.
    Nothing,
    /// All of it: the disk had been quick.
    Everything,
    /// Whatever chance says, each write and each name by itself, also half of a write.
    Some,
}

/// A change of a file's content that is not certain yet.
#[derive(Clone, Debug)]
enum Change {
    Write { offset: u64, bytes: Vec<u8> },
    Length(u64),
}

#[derive(Clone, Debug, Default)]
struct File {
    durable: Vec<u8>,
    pending: Vec<Change>,
}

/// A change of a name that is not certain yet: the file that it has from then on, if any.
#[derive(Clone, Debug)]
struct Naming {
    name: PathBuf,
    target: Option<Target>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Target {
    Folder,
    File(usize),
}

/// The files beneath one folder, as the process sees them and as the disk has them.
#[derive(Clone, Debug)]
pub(super) struct Disk {
    root: PathBuf,
    files: Vec<File>,
    /// As the process sees them.
    names: BTreeMap<PathBuf, Target>,
    durable: BTreeMap<PathBuf, Target>,
    pending: Vec<Naming>,
}

impl Disk {
    /// An empty folder, which is there for certain.
    #[must_use]
    pub(super) fn new(root: &Path) -> Self {
        let (names, durable) = (BTreeMap::new(), BTreeMap::new());
        Self { root: root.to_owned(), files: Vec::new(), names, durable, pending: Vec::new() }
    }

    /// Does what the process did. Whatever lies elsewhere is left alone.
    pub(super) fn apply(&mut self, step: &Step) {
        match step {
            Step::Open { path, create, truncate } => self.open(path, *create, *truncate),
            Step::Write { path, offset, bytes } => {
                self.change(path, Change::Write { offset: *offset, bytes: bytes.clone() });
            }
            Step::Truncate { path, length } => self.change(path, Change::Length(*length)),
            Step::Sync { path } => self.sync(path),
            Step::Rename { from, to } => {
                if let Some(target) = self.names.get(from).copied() {
                    self.name(to, Some(target));
                    self.name(from, None);
                }
            }
            Step::Link { from, to } => {
                if let Some(target) = self.names.get(from).copied() {
                    self.name(to, Some(target));
                }
            }
            Step::Unlink { path } => self.name(path, None),
            Step::MakeFolder { path } => self.name(path, Some(Target::Folder)),
            Step::Send { .. } => {}
        }
    }

    fn open(&mut self, path: &Path, create: bool, truncate: bool) {
        if create && !self.names.contains_key(path) {
            let file = Target::File(self.files.len());
            self.files.push(File::default());
            self.name(path, Some(file));
        } else if truncate {
            self.change(path, Change::Length(0));
        }
    }

    fn change(&mut self, path: &Path, change: Change) {
        if let Some(Target::File(index)) = self.names.get(path)
            && let Some(file) = self.files.get_mut(*index)
        {
            file.pending.push(change);
        }
    }

    fn name(&mut self, path: &Path, target: Option<Target>) {
        if !path.starts_with(&self.root) || path == self.root {
            return;
        }
        match target {
            Some(target) => self.names.insert(path.to_owned(), target),
            None => self.names.remove(path),
        };
        self.pending.push(Naming { name: path.to_owned(), target });
    }

    fn sync(&mut self, path: &Path) {
        if let Some(Target::File(index)) = self.names.get(path) {
            if let Some(file) = self.files.get_mut(*index) {
                let File { durable, pending } = file;
                pending.drain(..).for_each(|change| change.apply(durable));
            }
            return;
        }
        let (now, later) =
            self.pending.drain(..).partition(|change| change.name.parent() == Some(path));
        self.pending = later;
        let now: Vec<Naming> = now;
        for change in now {
            change.apply(&mut self.durable);
        }
    }

    /// Writes what a power cut now would leave into an empty folder.
    pub(super) fn cut(&self, left: Left, chance: &mut StdRng, into: &Path) -> io::Result<()> {
        let mut names = self.durable.clone();
        // The names of one folder change in their order: a later one does not survive an earlier.
        let mut over: Vec<&Path> = Vec::new();
        for change in &self.pending {
            let folder = change.name.parent().unwrap_or(&self.root);
            if over.contains(&folder) {
                continue;
            }
            if left.keeps(chance) {
                change.clone().apply(&mut names);
            } else {
                over.push(folder);
            }
        }
        for (name, target) in &names {
            let Ok(relative) = name.strip_prefix(&self.root) else { continue };
            let path = into.join(relative);
            // In a folder that is not there nothing is.
            if !path.parent().is_some_and(Path::is_dir) {
                continue;
            }
            match target {
                Target::Folder => fs::create_dir(&path)?,
                Target::File(index) => {
                    let file = self.files.get(*index).cloned().unwrap_or_default();
                    fs::write(&path, file.after_cut(left, chance))?;
                }
            }
        }
        Ok(())
    }
}

impl Left {
    fn keeps(self, chance: &mut StdRng) -> bool {
        match self {
            Self::Nothing => false,
            Self::Everything => true,
            Self::Some => chance.random_bool(0.5),
        }
    }
}

impl Naming {
    fn apply(self, names: &mut BTreeMap<PathBuf, Target>) {
        match self.target {
            Some(target) => names.insert(self.name, target),
            None => names.remove(&self.name),
        };
    }
}

impl Change {
    fn apply(self, content: &mut Vec<u8>) {
        match self {
            Self::Length(length) => content.resize(size(length), 0),
            Self::Write { offset, bytes } => {
                let (begin, end) = (size(offset), size(offset) + bytes.len());
                if content.len() < end {
                    content.resize(end, 0);
                }
                if let Some(place) = content.get_mut(begin..end) {
                    place.copy_from_slice(&bytes);
                }
            }
        }
    }

    /// Some of its sectors.
    fn torn(self, chance: &mut StdRng) -> Vec<Self> {
        let Self::Write { offset, bytes } = self else {
            return vec![self];
        };
        let sectors = bytes.chunks(SECTOR_BYTES).zip((offset..).step_by(SECTOR_BYTES));
        let kept = sectors.filter(|_| chance.random_bool(0.5));
        kept.map(|(sector, offset)| Self::Write { offset, bytes: sector.to_vec() }).collect()
    }
}

/// Lengths of files on this machine fit into its memory.
fn size(length: u64) -> usize {
    usize::try_from(length).unwrap_or(usize::MAX)
}

impl File {
    fn after_cut(self, left: Left, chance: &mut StdRng) -> Vec<u8> {
        let mut content = self.durable;
        for change in self.pending {
            if left == Left::Some && chance.random_bool(0.2) {
                change.torn(chance).into_iter().for_each(|change| change.apply(&mut content));
            } else if left.keeps(chance) {
                change.apply(&mut content);
            }
        }
        content
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng as _;

    use super::*;

    fn path(name: &str) -> PathBuf {
        Path::new("/d").join(name)
    }

    fn make(name: &str) -> Step {
        Step::Open { path: path(name), create: true, truncate: false }
    }

    fn write(name: &str, offset: u64, bytes: &str) -> Step {
        Step::Write { path: path(name), offset, bytes: bytes.into() }
    }

    fn sync(name: &str) -> Step {
        Step::Sync { path: path(name) }
    }

    /// What a cut after these steps leaves: names and contents.
    fn left(steps: &[Step], left: Left) -> Vec<(String, String)> {
        let mut disk = Disk::new(Path::new("/d"));
        for step in steps {
            disk.apply(step);
        }
        let folder = tempfile::tempdir().unwrap();
        disk.cut(left, &mut StdRng::seed_from_u64(1), folder.path()).unwrap();
        let mut found = Vec::new();
        for entry in fs::read_dir(folder.path()).unwrap().flatten() {
            let name = entry.file_name().into_string().unwrap();
            let text = fs::read_to_string(entry.path()).unwrap_or_else(|_| "folder".to_owned());
            found.push((name, text));
        }
        found.sort();
        found
    }

    fn one(name: &str, text: &str) -> Vec<(String, String)> {
        vec![(name.to_owned(), text.to_owned())]
    }

    #[test]
    fn bytes_and_names_are_certain_only_after_their_own_fsync() {
        let mut steps = vec![make("a"), write("a", 0, "one"), sync("a")];
        assert_eq!(left(&steps, Left::Nothing), [], "the name is not");
        assert_eq!(left(&steps, Left::Everything), one("a", "one"));
        steps.extend([sync(""), write("a", 1, "NEWS")]);
        assert_eq!(left(&steps, Left::Nothing), one("a", "one"));
        assert_eq!(left(&steps, Left::Everything), one("a", "oNEWS"));
        steps.push(Step::Truncate { path: path("a"), length: 2 });
        assert_eq!(left(&steps, Left::Everything), one("a", "oN"));
        steps.push(sync("a"));
        assert_eq!(left(&steps, Left::Nothing), one("a", "oN"));
    }

    #[test]
    fn a_rename_takes_place_when_its_folder_is_synced() {
        let mut steps = vec![make("new"), write("new", 0, "x"), sync("new"), sync("")];
        steps.push(Step::Rename { from: path("new"), to: path("a") });
        assert_eq!(left(&steps, Left::Nothing), one("new", "x"));
        assert_eq!(left(&steps, Left::Everything), one("a", "x"));
        steps.push(sync(""));
        assert_eq!(left(&steps, Left::Nothing), one("a", "x"));
        steps.push(Step::Unlink { path: path("a") });
        assert_eq!(left(&steps, Left::Nothing), one("a", "x"), "it may come back");
        steps.push(sync(""));
        assert_eq!(left(&steps, Left::Nothing), []);
    }

    #[test]
    fn nothing_is_left_in_a_folder_that_was_not_certain() {
        let folder = Step::MakeFolder { path: path("sub") };
        let mut steps = vec![folder, make("sub/a"), sync("sub/a"), sync("sub")];
        assert_eq!(left(&steps, Left::Nothing), []);
        steps.push(sync(""));
        assert_eq!(left(&steps, Left::Nothing), one("sub", "folder"));
    }

    #[test]
    fn chance_leaves_parts_of_what_was_not_synced_and_all_that_was() {
        let mut disk = Disk::new(Path::new("/d"));
        let old = "o".repeat(4 * SECTOR_BYTES);
        let new = "n".repeat(4 * SECTOR_BYTES);
        for step in [make("a"), write("a", 0, &old), sync("a"), sync(""), write("a", 0, &new)] {
            disk.apply(&step);
        }
        let (mut whole, mut none, mut torn) = (0, 0, 0);
        for seed in 0..200 {
            let folder = tempfile::tempdir().unwrap();
            disk.cut(Left::Some, &mut StdRng::seed_from_u64(seed), folder.path()).unwrap();
            let text = fs::read_to_string(folder.path().join("a")).unwrap();
            assert_eq!(text.len(), old.len());
            for sector in text.as_bytes().chunks(SECTOR_BYTES) {
                assert!(sector.iter().all(|byte| byte == &sector[0]), "a sector is not torn");
            }
            let news = text.matches('n').count() / SECTOR_BYTES;
            match news {
                0 => none += 1,
                4 => whole += 1,
                _ => torn += 1,
            }
        }
        assert!(whole > 30 && none > 30 && torn > 10, "{whole} {none} {torn}");
    }
}
