//! A lesson is read in one go.

use std::path::Path;

const PROGRAM_LINES_MAX: usize = 99;
const PAGE_LINES_MAX: usize = 39;

#[test]
fn programs_have_less_than_a_hundred_lines_and_pages_less_than_forty() {
    let count = |folder: &str, lines_max: usize| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let mut files = 0;
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                let lines = std::fs::read_to_string(&path).unwrap().lines().count();
                assert!(lines <= lines_max, "{} has {lines} lines", path.display());
                files += 1;
            }
        }
        files
    };
    assert_eq!(count("src/bin", PROGRAM_LINES_MAX), 3);
    assert_eq!(count("src", PROGRAM_LINES_MAX), 1);
    assert_eq!(count("pages", PAGE_LINES_MAX), 3);
}
