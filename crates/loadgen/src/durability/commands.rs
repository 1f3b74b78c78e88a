//! The commands: record a server, judge it, say so.

use std::io::Write;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use rand::SeedableRng as _;
use rand::rngs::StdRng;

use super::cuts::{choose, try_cuts};
use super::order::{Places, judge};
use super::record::{Plan, record};

/// Violations that are told; all are counted.
const VIOLATIONS_TOLD_MAX: usize = 20;

/// Fewest messages that must have been looked at for a judgement to mean anything.
const MESSAGES_MIN: usize = 100;

/// `loadgen order`: whether an fsync lies between each message's write and whatever tells of it.
#[derive(Clone, Debug)]
pub struct Order {
    /// What to record.
    pub plan: Plan,
    /// A library that makes fsync do nothing. With it the server breaks its promise, and the command
    /// succeeds only if that is seen: the proof that it can fail.
    pub without_fsync: Option<PathBuf>,
}

/// `loadgen cuts`: whether what was acknowledged is there after power cuts.
#[derive(Clone, Debug)]
pub struct Cuts {
    /// What to record.
    pub plan: Plan,
    /// How often the power fails.
    pub cuts: usize,
    /// The same seed cuts the same recording at the same moments.
    pub seed: u64,
}

impl Order {
    /// Records, judges, and says what was found.
    ///
    /// # Errors
    /// When the promise is broken, or nothing could be judged.
    pub async fn run(mut self, out: &mut (impl Write + Send)) -> Result<()> {
        let weakened = self.without_fsync.is_some();
        if let Some(library) = &self.without_fsync {
            let library = library.to_str().context("the library has a name in Unicode")?;
            self.plan.variables.push(("LD_PRELOAD".to_owned(), library.to_owned()));
        }
        let recording = record(&self.plan).await?;
        let judgement = judge(&recording.moments, &Places::of(&recording.data));
        let (ids, gifs, early) = (judgement.ids, judgement.gifs, judgement.violations.len());
        writeln!(
            out,
            "order: {ids} ids and {gifs} GIFs were told to clients, {early} of them before they \
             were durable{}",
            if weakened { " (fsync does nothing)" } else { "" }
        )?;
        ensure!(ids >= MESSAGES_MIN && gifs > 0, "that is too few to judge");
        if weakened {
            ensure!(early >= ids, "without fsync nothing is durable, and that was not seen");
            return Ok(());
        }
        for violation in judgement.violations.iter().take(VIOLATIONS_TOLD_MAX) {
            writeln!(out, "  {violation}")?;
        }
        ensure!(early == 0, "clients were told of something before it was durable");
        Ok(())
    }
}

impl Cuts {
    /// Records, cuts, and says what was found.
    ///
    /// # Errors
    /// When something that was acknowledged is gone after a cut, or nothing could be judged.
    pub async fn run(self, out: &mut (impl Write + Send)) -> Result<()> {
        let begun = Instant::now();
        let recording = record(&self.plan).await?;
        let cuts = choose(&recording, self.cuts, &mut StdRng::seed_from_u64(self.seed));
        ensure!(cuts.len() == self.cuts, "the recording has no moments to cut at");
        let tried = try_cuts(&recording, &self.plan.binary, &cuts, self.seed).await?;
        writeln!(
            out,
            "cuts: {} power cuts (seed {}) in {:.0?}; {} messages and {} GIFs that had been told \
             were looked for after them, {} violations",
            tried.cuts,
            self.seed,
            begun.elapsed(),
            tried.messages,
            tried.gifs,
            tried.violations.len()
        )?;
        for violation in tried.violations.iter().take(VIOLATIONS_TOLD_MAX) {
            writeln!(out, "  {violation}")?;
        }
        let enough = tried.messages >= MESSAGES_MIN * self.cuts / 4 && tried.gifs > 0;
        ensure!(tried.violations.is_empty(), "something was lost in a power cut");
        ensure!(enough, "that is too few to judge");
        Ok(())
    }
}
