//! What was measured, as people and programs read it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;
use serde::Serialize;

use crate::cases::{Figures, Outcome};
use crate::machine::Machine;
use crate::plan::Plan;

/// Everything, for programs.
#[derive(Serialize)]
struct Raw<'a> {
    plan: &'a str,
    machine: &'a Machine,
    outcomes: &'a [Outcome],
}

/// Writes the report into a folder, and returns the path of its text.
pub(crate) fn write(
    folder: &Path,
    plan: &Plan,
    machine: &Machine,
    outcomes: &[Outcome],
) -> Result<PathBuf> {
    fs::create_dir_all(folder)?;
    let raw = Raw { plan: plan.name, machine, outcomes };
    let path = folder.join(format!("{}.json", plan.name));
    fs::write(&path, serde_json::to_string_pretty(&raw)?)?;
    Ok(path)
}

/// One measurement in one line.
pub(crate) fn line(outcome: &Outcome) -> String {
    let point = outcome.point.map(|point| format!("{point:?}")).unwrap_or_default();
    let figures = match &outcome.figures {
        Figures::Delivery(it) => format!(
            "{:7.2} µs {:9.0}/s p50 {:8.3} p99 {:8.3} ms lost {} reordered {} repeated {} server \
             {:.2} load {:.2} late {:?} {}",
            it.cpu_us,
            it.per_second,
            it.p50_ms,
            it.p99_ms,
            it.lost,
            it.reordered,
            it.repeated,
            it.server_cores,
            it.load_cores,
            it.said_late_p99_ms,
            it.knee.as_deref().unwrap_or_default()
        ),
        other => format!("{other:?}"),
    };
    format!("{:12} {point:40} {figures}", outcome.peer)
}
