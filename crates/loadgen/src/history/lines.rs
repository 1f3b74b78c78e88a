//! A history as lines of JSON, one record in each.

use std::borrow::Borrow;
use std::io::{BufRead, Read as _, Write};

use anyhow::{Context as _, Result, ensure};

use super::Record;

/// Longest line, in bytes, with its end. A text has at most 16 KiB, and JSON makes at most six
/// bytes of one.
pub const LINE_BYTES_MAX: u64 = 256 * 1024;

/// Writes records, one in each line.
///
/// # Errors
/// When `to` takes no more.
pub fn write<R: Borrow<Record>>(
    mut to: impl Write,
    records: impl IntoIterator<Item = R>,
) -> Result<()> {
    for record in records {
        serde_json::to_writer(&mut to, record.borrow())?;
        to.write_all(b"\n")?;
    }
    to.flush()?;
    Ok(())
}

/// Reads records, one after the other, so that a history need not fit into memory.
///
/// # Errors
/// In the place of each line that is no record, with its number. Nothing follows a line that cannot
/// be read to its end, or is longer than [`LINE_BYTES_MAX`].
pub fn read(from: impl BufRead) -> impl Iterator<Item = Result<Record>> {
    Lines { from, number: 0, line: Vec::new(), ended: false }
}

struct Lines<From> {
    from: From,
    number: u64,
    line: Vec<u8>,
    ended: bool,
}

impl<From: BufRead> Iterator for Lines<From> {
    type Item = Result<Record>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        self.number += 1;
        let is_another = self.next_line();
        self.ended = !matches!(is_another, Ok(true));
        let record = match is_another {
            Ok(true) => serde_json::from_slice(&self.line).map_err(anyhow::Error::from),
            Ok(false) => return None,
            Err(error) => Err(error),
        };
        Some(record.with_context(|| format!("line {} of the history", self.number)))
    }
}

impl<From: BufRead> Lines<From> {
    /// Whether there was one more.
    fn next_line(&mut self) -> Result<bool> {
        self.line.clear();
        let read = self.from.by_ref().take(LINE_BYTES_MAX).read_until(b'\n', &mut self.line)?;
        let is_whole = self.line.last() == Some(&b'\n') || (read as u64) < LINE_BYTES_MAX;
        ensure!(is_whole, "it is longer than {LINE_BYTES_MAX} bytes");
        Ok(read > 0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;
    use crate::history::{Content, Entry, Kept, Outcome, Room, Seats, Seen, Sent};

    fn records() -> impl Strategy<Value = Vec<Record>> {
        let text = || ".{0,9}|[\"\\\\\n\r\u{2028}\u{0}방]{0,9}";
        let outcome = prop_oneof![
            (any::<u64>(), text()).prop_map(|(seq, id)| Outcome::Ok { seq, id }),
            text().prop_map(|error| Outcome::Failed { error }),
            Just(Outcome::Unknown),
        ];
        let content = prop_oneof![
            text().prop_map(Content::Text),
            text().prop_map(Content::Gif),
            Just(Content::Join),
            Just(Content::Exit),
            text().prop_map(Content::System),
        ];
        let entry = (any::<u64>(), text(), text(), prop::option::of(text()), content);
        let entry = entry.prop_map(|(seq, id, author, client_id, content)| Entry {
            seq,
            id,
            author,
            client_id,
            content,
        });
        let sent = (text(), text(), text(), text(), any::<(u64, u64)>(), outcome);
        let record = prop_oneof![
            (text(), any::<u32>()).prop_map(|(room, max)| Record::Room(Room { room, max })),
            (text(), any::<u32>()).prop_map(|(room, count)| Record::Seats(Seats { room, count })),
            (text(), entry.clone()).prop_map(|(room, entry)| Record::Kept(Kept { room, entry })),
            (text(), text(), entry).prop_map(|(room, viewer, entry)| Record::Seen(Seen {
                room,
                viewer,
                entry
            })),
            sent.prop_map(|(room, author, client_id, text, (begun, ended), outcome)| {
                Record::Sent(Sent { room, author, client_id, text, begun, ended, outcome })
            }),
        ];
        vec(record, 0..9)
    }

    fn written(records: &[Record]) -> Vec<u8> {
        let mut file = Vec::new();
        write(&mut file, records).unwrap();
        file
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            failure_persistence: None,
            ..ProptestConfig::default()
        })]

        #[test]
        fn a_history_is_read_as_it_was_written(records in records()) {
            let file = written(&records);
            prop_assert_eq!(file.split_inclusive(|byte| *byte == b'\n').count(), records.len());
            let read: Vec<_> = read(file.as_slice()).map(Result::unwrap).collect();
            prop_assert_eq!(read, records);
        }
    }

    #[test]
    fn every_record_has_a_line_that_people_can_read() {
        let (room, id) = ("r".to_owned(), "i".to_owned());
        let entry = Entry {
            seq: 1,
            id: id.clone(),
            author: "a".to_owned(),
            client_id: None,
            content: Content::Join,
        };
        let sent = Sent {
            room: room.clone(),
            author: "a".to_owned(),
            client_id: "m".to_owned(),
            text: "hello".to_owned(),
            begun: 1,
            ended: 2,
            outcome: Outcome::Ok { seq: 3, id },
        };
        let records = [
            Record::Room(Room { room: room.clone(), max: 2 }),
            Record::Sent(sent),
            Record::Kept(Kept { room, entry }),
        ];
        let lines = concat!(
            r#"{"kind":"room","room":"r","max":2}"#,
            "\n",
            r#"{"kind":"sent","room":"r","author":"a","client_id":"m","text":"hello","#,
            r#""begun":1,"ended":2,"outcome":{"outcome":"ok","seq":3,"id":"i"}}"#,
            "\n",
            r#"{"kind":"kept","room":"r","entry":{"seq":1,"id":"i","author":"a","#,
            r#""client_id":null,"content":"join"}}"#,
            "\n",
        );
        assert_eq!(String::from_utf8(written(&records)).unwrap(), lines);
    }

    fn told(file: &[u8]) -> Vec<String> {
        read(file)
            .map(|record| match record {
                Ok(Record::Seats(seats)) => seats.count.to_string(),
                Ok(other) => panic!("{other:?}"),
                Err(error) => error.to_string(),
            })
            .collect()
    }

    const LINE: &str = r#"{"kind":"seats","room":"r","count":7}"#;

    #[test]
    fn a_line_that_is_no_record_is_told_by_its_number_and_others_are_read() {
        let file = format!("{LINE}\n\n{LINE}\n{{\"kind\":\"seats\"\n{LINE}");
        let [second, fourth] = [2, 4].map(|number| format!("line {number} of the history"));
        assert_eq!(told(file.as_bytes()), ["7", &second, "7", &fourth, "7"]);
        assert_eq!(told(b""), [""; 0]);
        let torn = &LINE[..20];
        assert_eq!(told(format!("{LINE}\n{torn}").as_bytes()), ["7", "line 2 of the history"]);
        let error = read(torn.as_bytes()).next().unwrap().unwrap_err();
        assert!(format!("{error:#}").contains("EOF while parsing"), "{error:#}");
        assert_eq!(told(b"\xff\xfe\n"), ["line 1 of the history"], "no text at all");
    }

    #[test]
    fn a_line_that_is_too_long_ends_the_history() {
        let longest = usize::try_from(LINE_BYTES_MAX).unwrap();
        let line = |bytes: usize| format!("{LINE}{}\n", " ".repeat(bytes - LINE.len() - 1));
        assert_eq!(told(format!("{}{LINE}", line(longest)).as_bytes()), ["7", "7"]);
        let file = format!("{LINE}\n{}{LINE}", line(longest + 1));
        assert_eq!(told(file.as_bytes()), ["7", "line 2 of the history"]);
    }

    #[test]
    fn a_file_that_cannot_be_read_ends_the_history() {
        struct Broken;
        impl std::io::Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
                Err(std::io::Error::other("the disk is gone"))
            }
        }
        let file = std::io::BufReader::new(LINE.as_bytes().chain(&b"\n"[..]).chain(Broken));
        let mut records = read(file);
        assert!(records.next().unwrap().is_ok());
        let error = format!("{:#}", records.next().unwrap().unwrap_err());
        assert_eq!(error, "line 2 of the history: the disk is gone");
        assert!(records.next().is_none());
    }

    #[test]
    fn a_disk_that_takes_no_more_is_told() {
        let record = Record::Room(Room { room: "r".to_owned(), max: 2 });
        assert!(write(&mut [0_u8; 9][..], [&record]).is_err());
        assert!(write(&mut [0_u8; 99][..], [&record]).is_ok());
    }
}
