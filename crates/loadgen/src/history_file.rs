//! A history as a file: one record in each line, as JSON.

use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::Path;

use anyhow::{Context as _, Result};

use crate::history::{self, Record};

/// Writes a history.
///
/// # Errors
/// When the file cannot be written.
pub fn write(path: &Path, records: &[Record]) -> Result<()> {
    let file = File::create(path).with_context(|| path.display().to_string())?;
    history::write(BufWriter::new(file), records)
}

/// Reads a history.
///
/// # Errors
/// When the file cannot be read, or a line is no record; with its number.
pub fn read(path: &Path) -> Result<Vec<Record>> {
    let place = || path.display().to_string();
    let file = File::open(path).with_context(place)?;
    history::read(BufReader::new(file)).map(|record| record.with_context(place)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::{Room, Seats};

    #[test]
    fn a_history_is_read_as_it_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("history");
        let records = [
            Record::Room(Room { room: "방\n".to_owned(), max: 3 }),
            Record::Seats(Seats { room: "방\n".to_owned(), count: 2 }),
        ];
        write(&path, &records).unwrap();
        assert_eq!(read(&path).unwrap(), records);
        std::fs::write(&path, "{\"kind\":\"room\",\"room\":\"x\",\"max\":2}\nnonsense\n").unwrap();
        assert!(format!("{:#}", read(&path).unwrap_err()).contains("line 2"));
    }
}
