//! Power cuts: the server is started on what the disk would have held at many moments of a recording.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use super::disk::{Disk, Left};
use super::order::{DIGITS, Digits, close_told, first_told};
use super::record::{Place, Recording, SEATS, root_of};
use crate::check::check;
use crate::client::{AskError, Door, read_log};
use crate::history::{Content, Entry, Kept, Outcome, Record, Room};
use crate::server::Launch;

/// A moment at which the power fails, and what luck the disk had until then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cut {
    /// Everything that ended on this line or before has been done.
    pub(super) line: usize,
    /// What was not synced by then.
    pub(super) left: Left,
}

/// What was tried.
#[derive(Debug, Default)]
pub(super) struct Tried {
    /// Cuts.
    pub(super) cuts: usize,
    /// Messages that had to be there after them, in all.
    pub(super) messages: usize,
    /// GIFs that had to be there after them, in all.
    pub(super) gifs: usize,
    /// What was wrong, each with its cut.
    pub(super) violations: Vec<String>,
}

/// So many cuts, at every sync and at every moment at which a client was told something, as evenly
/// as their number allows.
#[must_use]
pub(super) fn choose(recording: &Recording, wanted: usize, chance: &mut StdRng) -> Vec<Cut> {
    use crate::trace::Step;
    let mut lines: Vec<usize> = Vec::new();
    for moment in &recording.moments {
        match moment.step {
            // Before it has done anything, and after it has done everything.
            Step::Sync { .. } => lines.extend([moment.begun.saturating_sub(1), moment.ended]),
            Step::Send { .. } => lines.push(moment.ended),
            _ => {}
        }
    }
    lines.sort_unstable();
    lines.dedup();
    let all: Vec<Cut> = lines
        .into_iter()
        .flat_map(|line| {
            [Left::Nothing, Left::Some, Left::Everything].map(|left| Cut { line, left })
        })
        .collect();
    let mut cuts: Vec<Cut> = Vec::with_capacity(wanted);
    while cuts.len() < wanted && !all.is_empty() {
        let step = all.len().div_ceil(wanted).max(1);
        let first = chance.random_range(0..step);
        let missing = wanted - cuts.len();
        cuts.extend(all.iter().skip(first).step_by(step).take(missing));
    }
    cuts.sort_unstable();
    cuts
}

/// Starts the server on what each cut leaves, and looks whether everything is there.
///
/// # Errors
/// When something fails that has nothing to do with what a cut left.
pub(super) async fn try_cuts(
    recording: &Recording,
    binary: &Path,
    cuts: &[Cut],
    seed: u64,
) -> Result<Tried> {
    let root = root_of(&recording.data);
    let closed = close_told(&recording.moments, &recording.closed.room);
    let known = Known { told: first_told(&recording.moments), closed };
    let mut in_order: Vec<_> = recording.moments.iter().collect();
    in_order.sort_by_key(|moment| moment.ended);
    let mut coming = in_order.into_iter().peekable();
    let (mut disk, mut tried) = (Disk::new(root), Tried::default());
    for (number, cut) in (0_u64..).zip(cuts) {
        while let Some(moment) = coming.next_if(|moment| moment.ended <= cut.line) {
            disk.apply(&moment.step);
        }
        let folder = tempfile::Builder::new().prefix("loadgen-cut-").tempdir()?;
        let mut chance = StdRng::seed_from_u64(seed ^ number);
        disk.cut(cut.left, &mut chance, folder.path())?;
        let data = recording.data.strip_prefix(root)?;
        let after = After { recording, known: &known, cut: *cut, data: folder.path().join(data) };
        match after.look(binary, &mut tried).await {
            Ok(()) => tried.cuts += 1,
            Err(problem) => {
                tried.cuts += 1;
                tried.violations.push(format!("after {cut:?}: {problem:#}"));
            }
        }
    }
    Ok(tried)
}

/// One cut, and what has to be there after it.
struct After<'run> {
    recording: &'run Recording,
    known: &'run Known,
    cut: Cut,
    data: PathBuf,
}

/// When clients came to know something, as lines of the log.
struct Known {
    told: HashMap<Digits, usize>,
    closed: Option<usize>,
}

impl After<'_> {
    async fn look(&self, binary: &Path, tried: &mut Tried) -> Result<()> {
        let launch = Launch::in_folder(binary, &self.data).await?.roomy();
        let server = launch.start().await?;
        let door = Door::new(&launch.authority())?;
        let (mut records, mut shown) = (Vec::new(), HashSet::new());
        for place in &self.recording.rooms {
            let Some(log) = log_of(&door, place).await? else {
                ensure!(!self.is_known(&place.room), "room {} is not there", place.room);
                continue;
            };
            let gifs = self.look_at_gifs(&door, place, &log).await?;
            shown.extend(gifs);
            self.record(place, log, &mut records, tried);
        }
        for name in self.recording.gifs.keys().filter(|name| self.is_known(name)) {
            ensure!(shown.contains(name), "the GIF {name} is in no room");
            tried.gifs += 1;
        }
        if self.known.closed.is_some_and(|line| line <= self.cut.line) {
            let found = log_of(&door, &self.recording.closed).await?;
            ensure!(found.is_none(), "the room that was closed is there again");
        }
        let verdict = check(&records);
        ensure!(verdict.is_fine(), "{verdict}");
        server.kill().await
    }

    /// Whether anybody was told of this id, or of this GIF, before the cut.
    fn is_known(&self, id: &str) -> bool {
        let digits = id.as_bytes().first_chunk::<DIGITS>();
        let told = digits.and_then(|digits| self.known.told.get(digits));
        told.is_some_and(|line| *line <= self.cut.line)
    }

    /// Every GIF in the log is served, as it was before.
    async fn look_at_gifs(&self, door: &Door, place: &Place, log: &[Entry]) -> Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in log {
            let Content::Gif(name) = &entry.content else { continue };
            let served = place.owner.gif(door, name).await.with_context(|| name.clone())?;
            let known = self.recording.gifs.get(name);
            ensure!(known.is_none_or(|bytes| *bytes == served), "the GIF {name} is another one");
            names.push(name.clone());
        }
        Ok(names)
    }

    /// What was sent and told before the cut has to be there; of the rest nothing is known.
    fn record(&self, place: &Place, log: Vec<Entry>, records: &mut Vec<Record>, tried: &mut Tried) {
        let room = &place.room;
        records.push(Record::Room(Room { room: room.clone(), max: SEATS }));
        for sent in self.recording.sent.iter().filter(|sent| sent.room == *room) {
            let mut sent = sent.clone();
            match &sent.outcome {
                Outcome::Ok { id, .. } if self.is_known(id) => tried.messages += 1,
                _ => sent.outcome = Outcome::Unknown,
            }
            records.push(Record::Sent(sent));
        }
        let kept = log.into_iter().map(|entry| Kept { room: room.clone(), entry });
        records.extend(kept.map(Record::Kept));
    }
}

/// The whole log of a room, as its owner reads it; nothing when there is no such room.
async fn log_of(door: &Door, place: &Place) -> Result<Option<Vec<Entry>>> {
    match read_log(door, &place.owner, &place.room).await {
        Ok(log) => Ok(Some(log.into_iter().map(Entry::from).collect())),
        Err(error) => match error.downcast_ref::<AskError>() {
            Some(AskError::Refused(failure)) if failure.error == "not_found" => Ok(None),
            _ => Err(error),
        },
    }
}
