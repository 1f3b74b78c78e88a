//! A history as a file: one record in each line, as JSON.

use std::fs::File;
use std::io::{BufRead as _, BufReader, BufWriter, Write as _};
use std::path::Path;

use anyhow::{Context as _, Result};

use crate::history::Record;

/// Writes a history.
///
/// # Errors
/// When the file cannot be written.
pub fn write(path: &Path, records: &[Record]) -> Result<()> {
    let file = File::create(path).with_context(|| path.display().to_string())?;
    let mut file = BufWriter::new(file);
    for record in records {
        serde_json::to_writer(&mut file, record)?;
        file.write_all(b"\n")?;
    }
    Ok(file.flush()?)
}

/// Reads a history.
///
/// # Errors
/// When the file cannot be read, or a line is no record; with its number.
pub fn read(path: &Path) -> Result<Vec<Record>> {
    let file = File::open(path).with_context(|| path.display().to_string())?;
    let lines = BufReader::new(file).lines().enumerate();
    let records = lines.map(|(number, line)| {
        let place = || format!("line {} of {}", number + 1, path.display());
        serde_json::from_str(&line.with_context(place)?).with_context(place)
    });
    records.collect()
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
        assert!(format!("{:#}", read(&path).unwrap_err()).contains("line 2 of"));
    }
}
