//! Persist, then announce, then acknowledge: seen from outside, in the order of system calls.
//!
//! Whatever carries an id to a client, an ack or an event, must come after an fsync of the write-ahead
//! log that began after the id was written there. A GIF's name must come after the file's own fsync,
//! its rename, and the fsync of its folder.

use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};

use crate::trace::{Moment, Step};

/// Digits of an id, and of a GIF's name before its ending.
pub(super) const DIGITS: usize = 32;

/// An id, or the name of a GIF without its ending.
pub(super) type Digits = [u8; DIGITS];

/// What comes before an id in an ack or an event.
const ID: &[u8] = b"\"_id\":\"";
/// And before the id of a room that was made.
const ROOM: &[u8] = b"location: /room/";
/// And before a GIF's name.
const GIF: &[u8] = b"\"gif\":\"";

/// Where the files are.
#[derive(Clone, Debug)]
pub(super) struct Places {
    /// The write-ahead log.
    pub(super) log: PathBuf,
    /// The folder of GIF files.
    pub(super) gifs: PathBuf,
}

impl Places {
    /// In this data folder.
    #[must_use]
    pub(super) fn of(folder: &Path) -> Self {
        Self { log: folder.join("gif-chat.sqlite-wal"), gifs: folder.join("gifs/files") }
    }
}

/// What was judged.
#[derive(Debug, Default)]
pub(super) struct Judgement {
    /// Ids of which clients were told.
    pub(super) ids: usize,
    /// GIFs of which clients were told.
    pub(super) gifs: usize,
    /// What was told before it was durable.
    pub(super) violations: Vec<Early>,
}

/// Something that was told too early.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Early {
    /// The id, or the name of the GIF.
    pub(super) what: String,
    /// The line of the log on which it was sent.
    pub(super) line: usize,
    /// What was missing.
    pub(super) missing: &'static str,
}

impl fmt::Display for Early {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{} was sent on line {} before {}",
            self.what,
            self.line + 1,
            self.missing
        )
    }
}

/// Judges a recorded run.
#[must_use]
pub(super) fn judge(moments: &[Moment], places: &Places) -> Judgement {
    let mut judgement = Judgement::default();
    let written = written_ids(moments, &places.log);
    let syncs = syncs_of(moments, &places.log);
    for (id, sent) in first_sent(moments, &[ID, ROOM]) {
        judgement.ids += 1;
        let missing = match written.get(&id) {
            None => Some("it was written into the log"),
            Some(ended) if is_synced(&syncs, *ended, sent) => None,
            Some(_) => Some("an fsync of the log had ended that began after its write"),
        };
        judgement.note(&id, sent, missing);
    }
    for (name, sent) in first_sent(moments, &[GIF]) {
        judgement.gifs += 1;
        judgement.note(&name, sent, missing_of_gif(moments, places, &name, sent));
    }
    judgement.violations.sort_by_key(|early| early.line);
    judgement
}

impl Judgement {
    fn note(&mut self, what: &Digits, line: usize, missing: Option<&'static str>) {
        let what = || String::from_utf8_lossy(what).into_owned();
        self.violations.extend(missing.map(|missing| Early { what: what(), line, missing }));
    }
}

/// Where anybody is first told of each message, room and GIF, as the line on which that begins.
#[must_use]
pub(super) fn first_told(moments: &[Moment]) -> HashMap<Digits, usize> {
    first_sent(moments, &[ID, ROOM, GIF])
}

fn first_sent(moments: &[Moment], before: &[&[u8]]) -> HashMap<Digits, usize> {
    let mut first: HashMap<Digits, usize> = HashMap::new();
    for Moment { begun, step, .. } in moments {
        let Step::Send { bytes } = step else { continue };
        for before in before {
            for found in memchr::memmem::find_iter(bytes, before) {
                let digits = bytes.get(found + before.len()..).and_then(<[u8]>::first_chunk);
                if let Some(digits) = digits.filter(|digits| digits.iter().copied().all(is_digit)) {
                    let line = first.entry(*digits).or_insert(*begun);
                    *line = (*line).min(*begun);
                }
            }
        }
    }
    first
}

/// Where a room's people are first told that it was closed.
#[must_use]
pub(super) fn close_told(moments: &[Moment], room: &str) -> Option<usize> {
    let close = format!("[\"close\",{{\"room\":\"{room}\"");
    let told = moments.iter().filter(|moment| match &moment.step {
        Step::Send { bytes } => memchr::memmem::find(bytes, close.as_bytes()).is_some(),
        _ => false,
    });
    told.map(|moment| moment.begun).min()
}

/// Where everything that looks like an id was first in the log, as the line on which its write ends.
fn written_ids(moments: &[Moment], log: &Path) -> HashMap<Digits, usize> {
    let mut first = HashMap::new();
    for Moment { ended, step, .. } in moments {
        match step {
            Step::Write { path, bytes, .. } if path == log => {
                // Columns stand side by side: an id may have digits of its neighbours around it.
                for run in bytes.split(|byte| !is_digit(*byte)).filter(|run| run.len() >= DIGITS) {
                    for digits in run.windows(DIGITS).filter_map(<[u8]>::first_chunk) {
                        first.entry(*digits).or_insert(*ended);
                    }
                }
            }
            _ => {}
        }
    }
    first
}

fn is_digit(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'f')
}

/// The fsyncs of a file or folder: where each begins and ends.
fn syncs_of(moments: &[Moment], wanted: &Path) -> Vec<(usize, usize)> {
    let synced = moments.iter().filter_map(|Moment { begun, ended, step }| match step {
        Step::Sync { path } if path == wanted => Some((*begun, *ended)),
        _ => None,
    });
    synced.collect()
}

/// Whether one of them lies wholly between two lines.
fn is_synced(syncs: &[(usize, usize)], after: usize, before: usize) -> bool {
    let from = syncs.partition_point(|(_, ended)| *ended <= after);
    let later = syncs.iter().skip(from).take_while(|(_, ended)| *ended < before);
    later.into_iter().any(|(begun, _)| *begun > after)
}

fn missing_of_gif(
    moments: &[Moment],
    places: &Places,
    name: &Digits,
    sent: usize,
) -> Option<&'static str> {
    let path = places.gifs.join(format!("{}.gif", String::from_utf8_lossy(name)));
    let renamed = moments.iter().find_map(|moment| match &moment.step {
        Step::Rename { from, to } if *to == path => Some((from, moment)),
        _ => None,
    });
    let Some((temporary, renamed)) = renamed else {
        return Some("its file had its name");
    };
    let last_write = moments.iter().filter(|moment| moment.begun < renamed.begun).rev();
    let mut writes = last_write.filter(|moment| match &moment.step {
        Step::Write { path, .. } => path == temporary,
        _ => false,
    });
    let last_write = writes.next().map_or(0, |moment| moment.ended);
    if !is_synced(&syncs_of(moments, temporary), last_write, renamed.begun) {
        return Some("its file was synced ahead of the rename");
    }
    let folder = syncs_of(moments, &places.gifs);
    (!is_synced(&folder, renamed.ended, sent)).then_some("the folder of its name was synced")
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "0123456789abcdef0123456789abcdef";
    const LOG: &str = "/d/gif-chat.sqlite-wal";

    fn write(path: &str, text: &str) -> Step {
        Step::Write { path: path.into(), offset: 0, bytes: text.into() }
    }

    fn sync(path: &str) -> Step {
        Step::Sync { path: path.into() }
    }

    fn send(text: String) -> Step {
        Step::Send { bytes: text.into() }
    }

    fn ack() -> Step {
        send(format!("43/chat,1[{{\"ok\":true,\"_id\":\"{ONE}\",\"seq\":2}}]"))
    }

    /// What is judged of steps that follow each other.
    fn judged(steps: Vec<Step>) -> Judgement {
        let moment = |(line, step)| Moment { begun: line, ended: line, step };
        let moments: Vec<_> = steps.into_iter().enumerate().map(moment).collect();
        judge(&moments, &Places::of(Path::new("/d")))
    }

    fn missing(judgement: &Judgement) -> Vec<&'static str> {
        judgement.violations.iter().map(|early| early.missing).collect()
    }

    #[test]
    fn an_ack_after_the_fsync_of_its_write_is_fine() {
        let judgement = judged(vec![write(LOG, &format!("f{ONE}exit")), sync(LOG), ack()]);
        assert_eq!((judgement.ids, missing(&judgement)), (1, vec![]));
    }

    #[test]
    fn an_ack_without_a_write_or_an_fsync_or_with_another_file_s_is_early() {
        let unsynced = "an fsync of the log had ended that began after its write";
        for (steps, expected) in [
            (vec![sync(LOG), ack()], "it was written into the log"),
            (
                vec![write("/d/gif-chat.sqlite", ONE), sync(LOG), ack()],
                "it was written into the log",
            ),
            (vec![write(LOG, ONE), ack()], unsynced),
            (vec![write(LOG, ONE), ack(), sync(LOG)], unsynced),
            (vec![sync(LOG), write(LOG, ONE), ack()], unsynced),
            (vec![write(LOG, ONE), sync("/d/gif-chat.sqlite"), ack()], unsynced),
        ] {
            assert_eq!(missing(&judged(steps.clone())), [expected], "{steps:?}");
        }
    }

    #[test]
    fn an_event_that_overtakes_the_fsync_is_early_although_the_ack_is_not() {
        let event = send(format!("42/chat,[\"chat\",{{\"_id\":\"{ONE}\"}}]"));
        let judgement = judged(vec![write(LOG, ONE), event, sync(LOG), ack()]);
        assert_eq!((judgement.ids, judgement.violations.len()), (1, 1));
        assert_eq!(judgement.violations[0].line, 1);
    }

    #[test]
    fn an_fsync_counts_only_if_it_began_after_the_write_and_ended_before_the_ack() {
        for (sync_at, fine) in [((2, 3), true), ((0, 3), false), ((2, 5), false), ((1, 3), false)] {
            let at = |(begun, ended), step| Moment { begun, ended, step };
            let moments = [at((1, 1), write(LOG, ONE)), at(sync_at, sync(LOG)), at((4, 4), ack())];
            let judgement = judge(&moments, &Places::of(Path::new("/d")));
            assert_eq!(judgement.violations.is_empty(), fine, "{sync_at:?}");
        }
    }

    #[test]
    fn a_gif_is_told_after_its_file_its_name_and_its_folder_are_durable() {
        let (temporary, folder) = ("/d/gifs/incoming/x", "/d/gifs/files");
        let name = format!("{folder}/{ONE}.gif");
        let rename = Step::Rename { from: temporary.into(), to: name.into() };
        let told = send(format!("{{\"gif\":\"{ONE}.gif\"}}"));
        let all =
            vec![write(temporary, "GIF89a"), sync(temporary), rename, sync(folder), told.clone()];
        let judgement = judged(all.clone());
        assert_eq!((judgement.gifs, missing(&judgement)), (1, vec![]));
        for (left_out, expected) in [
            (1, "its file was synced ahead of the rename"),
            (2, "its file had its name"),
            (3, "the folder of its name was synced"),
        ] {
            let mut steps = all.clone();
            steps.remove(left_out);
            assert_eq!(missing(&judged(steps)), [expected]);
        }
        let mut late = all;
        late.insert(2, write(temporary, "more"));
        assert_eq!(missing(&judged(late)), ["its file was synced ahead of the rename"]);
    }
}
