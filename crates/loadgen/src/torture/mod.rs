//! Chapter after chapter a server is killed under talking visitors, and a judge looks at what they
//! saw.

mod chapter;
mod crowd;
mod plan;
mod totals;
mod trouble;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use crate::history_file;
use chapter::Told;
pub use plan::{PagePlan, PageTrouble, Plan, Size, Step, Trouble};
pub use totals::{Counted, Totals};

/// How much of a server's log is shown when something does not hold, in characters from its end.
const LOG_SHOWN: usize = 4_000;

/// How many violations of a chapter are shown.
const VIOLATIONS_SHOWN: usize = 20;

/// What is to be done.
#[derive(Clone, Debug)]
pub struct Options {
    /// The server.
    pub binary: PathBuf,
    /// How often it is killed in all.
    pub kills: usize,
    /// How many messages are acknowledged in all, at least.
    pub messages: u64,
    /// Decides what happens.
    pub seed: u64,
    /// Rooms in which people talk.
    pub rooms: usize,
    /// Visitors in each.
    pub people: usize,
    /// Kills in one chapter.
    pub chapter_kills: usize,
    /// Where histories are kept in which something does not hold.
    pub keep: PathBuf,
}

/// Plays all chapters, and says whether everything held.
///
/// # Errors
/// When a chapter cannot be played at all, or nothing can be written.
pub async fn run(options: &Options, output: &mut impl Write) -> Result<bool> {
    let begun = Instant::now();
    let mut totals = Totals::default();
    let mut kills_left = options.kills;
    let mut messages_left = options.messages;
    let mut chapter = 0;
    writeln!(output, "seed {}", options.seed)?;
    while kills_left > 0 {
        let kills = kills_left.min(options.chapter_kills.max(1));
        let size = Size {
            rooms: options.rooms,
            people: options.people,
            kills,
            messages_per_kill: messages_left.div_ceil(kills_left as u64),
        };
        let chapter_begun = Instant::now();
        let told = chapter::play(&options.binary, size, (options.seed, chapter)).await?;
        tell(output, chapter, &told, chapter_begun.elapsed())?;
        if !told.violations.is_empty() {
            keep(output, options, chapter, &told)?;
        }
        kills_left -= kills;
        messages_left = messages_left.saturating_sub(told.totals.get(Counted::AttemptsOk));
        totals.merge(told.totals);
        chapter += 1;
    }
    if messages_left > 0 {
        totals.add(Counted::Violations);
        writeln!(output, "{messages_left} messages fewer than asked for were acknowledged")?;
    }
    let seconds = begun.elapsed().as_secs_f64();
    writeln!(output, "\n{chapter} chapters in {seconds:.0} s, seed {}\n{totals}", options.seed)?;
    Ok(totals.get(Counted::Violations) == 0)
}

fn tell(output: &mut impl Write, chapter: u64, told: &Told, took: Duration) -> Result<()> {
    let count = |counted| told.totals.get(counted);
    writeln!(
        output,
        "chapter {chapter}: {} kills, {} stops, {} messages acknowledged, {} unknown, {} seen, \
         {} resumes, {} violations, {:.1} s",
        count(Counted::Kills),
        count(Counted::Stops),
        count(Counted::AttemptsOk),
        count(Counted::AttemptsUnknown),
        count(Counted::Seen),
        count(Counted::Resumes),
        count(Counted::Violations),
        took.as_secs_f64(),
    )?;
    Ok(output.flush()?)
}

fn keep(output: &mut impl Write, options: &Options, chapter: u64, told: &Told) -> Result<()> {
    for violation in told.violations.iter().take(VIOLATIONS_SHOWN) {
        writeln!(output, "  {violation}")?;
    }
    let more = told.violations.len().saturating_sub(VIOLATIONS_SHOWN);
    if more > 0 {
        writeln!(output, "  and {more} more")?;
    }
    let name = format!("seed-{}-chapter-{chapter}", options.seed);
    let path = |kind: &str| -> PathBuf { options.keep.join(format!("{name}.{kind}")) };
    make_folder(&options.keep)?;
    history_file::write(&path("history"), &told.records)?;
    let log = told.log.text();
    std::fs::write(path("log"), &log)?;
    let from = log.char_indices().rev().nth(LOG_SHOWN).map_or(0, |(index, _)| index);
    writeln!(output, "  the log ends with:\n{}", log.get(from..).unwrap_or_default())?;
    writeln!(output, "  kept: {}, .log; seed {}", path("history").display(), options.seed)?;
    Ok(())
}

fn make_folder(folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())
}
