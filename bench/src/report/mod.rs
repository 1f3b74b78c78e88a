//! What was measured, as people and programs read it.

mod demands;
mod format;
mod plots;
mod summary;
mod svg;
mod tables;
#[cfg(test)]
mod tests;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;
use serde::Serialize;

use crate::cases::{Figures, Outcome, WayIn};
use crate::machine::Machine;
use crate::plan::Plan;
use format::text_table;
use summary::Summary;

/// Everything, for programs.
#[derive(Serialize)]
struct Raw<'a> {
    plan: &'a str,
    date: &'a str,
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
    #[expect(clippy::disallowed_methods, reason = "a report says when it was written")]
    let date = jiff::Timestamp::now().strftime("%Y-%m-%d").to_string();
    let name = format!("{date}-{}", plan.name);
    let summary = Summary::of(outcomes);
    let raw = Raw { plan: plan.name, date: &date, machine, outcomes };
    let text = text(&name, machine, &summary);
    fs::create_dir_all(folder)?;
    fs::write(folder.join(format!("{name}.json")), serde_json::to_string_pretty(&raw)? + "\n")?;
    fs::write(folder.join(format!("{name}-cpu.svg")), plots::cpu(&summary))?;
    fs::write(folder.join(format!("{name}-rooms.svg")), plots::rooms(&summary))?;
    fs::write(folder.join("latest.md"), &text)?;
    let path = folder.join(format!("{name}.md"));
    fs::write(&path, text)?;
    Ok(path)
}

fn text(name: &str, machine: &Machine, summary: &Summary) -> String {
    let mut parts = vec![
        format!("# Bench {name}"),
        "How it was measured and how to read it: [bench/README.md](../README.md).".to_owned(),
        surroundings(machine),
        tables::disturbance(summary),
        "## Server CPU per delivery, in microseconds".to_owned(),
        tables::overview(summary),
        tables::legend(summary),
        format!("![Server CPU per delivery]({name}-cpu.svg)"),
    ];
    parts.push("## What the engine must show".to_owned());
    let demands = demands::all(summary, crate::peers::SUBJECT);
    let rows: Vec<Vec<String>> = demands.iter().map(demands::Demand::row).collect();
    parts.push(text_table(&["", "demanded", "measured", ""], &rows));
    for (point, title) in tables::OVERVIEW {
        parts.push(format!("## {title}"));
        parts.push(tables::point(summary, point));
    }
    parts.extend([
        "## 100 rooms of 10, up to each server's knee".to_owned(),
        "p99 from the moment a message was meant to be said, and server CPU per delivery."
            .to_owned(),
        tables::rooms(summary),
        format!("![p99 over deliveries a second]({name}-rooms.svg)"),
        "## Memory per idle connection".to_owned(),
        tables::idle(summary),
        "## A storm of connects, WebSocket".to_owned(),
        tables::storm(summary, WayIn::WebSocket),
        "## A storm of connects, polling and upgrade".to_owned(),
        tables::storm(summary, WayIn::PollingAndUpgrade),
        "## A stalled reader among 99 healthy ones".to_owned(),
        tables::stalled(summary),
    ]);
    if !summary.failures.is_empty() {
        parts.push("## What failed".to_owned());
        let failures = summary
            .failures
            .iter()
            .map(|(case, peer, why)| format!("* {} of {}: {why}", case.name(), peer.name()));
        parts.push(failures.collect::<Vec<_>>().join("\n"));
    }
    parts.iter().map(|part| part.trim_end()).collect::<Vec<_>>().join("\n\n") + "\n"
}

fn surroundings(machine: &Machine) -> String {
    let versions = machine.versions.iter().map(|(name, version)| format!("{name} {version}"));
    format!(
        "* {} × {}, {} MiB, Linux {}\n* {}",
        machine.cores,
        machine.processor,
        machine.memory_mib,
        machine.kernel,
        versions.collect::<Vec<_>>().join(", ")
    )
}

/// One measurement in one line, while the bench runs.
pub(crate) fn line(outcome: &Outcome) -> String {
    let point = outcome.point.map(|point| format!("{point:?}")).unwrap_or_default();
    let figures = match &outcome.figures {
        Figures::Delivery(it) => format!(
            "{:7.2} µs {:9.0}/s p50 {:8.3} p99 {:8.3} ms, {} lost, cores {:.2} + {:.2} + {:.2} {}",
            it.cpu_us,
            it.per_second,
            it.p50_ms,
            it.p99_ms,
            it.lost,
            it.server_cores,
            it.load_cores,
            it.others_cores,
            it.knee.as_deref().unwrap_or_default()
        ),
        Figures::Idle(it) => format!("{:7.2} KiB", it.kib_settled),
        Figures::Storm(it) => format!(
            "{:7.2} µs {:9.0}/s, {} lost joins, {} failed",
            it.cpu_us, it.per_second, it.lost_joins, it.failed
        ),
        Figures::Stalled(it) => format!(
            "p99 {:.3} → {:.3} ms, closed after {:?} s, {:.1} → {:.1} MiB",
            it.before.p99_ms,
            it.with.p99_ms,
            it.closed_after_s,
            it.memory_before_mib,
            it.memory_max_mib
        ),
        Figures::Failed { why } => why.clone(),
    };
    format!("{:12} {point:40} {figures}", outcome.peer.name())
}
