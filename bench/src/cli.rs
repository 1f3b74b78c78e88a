//! The command line.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::{Arg, ArgAction, ArgMatches, Command};

use crate::cases::{Case, Outcome};
use crate::machine::{Machine, file_limit_is_enough, raise_file_limit};
use crate::peers::Peer;
use crate::plan::Plan;
use crate::{report, say};

/// Does what the command line asks for.
pub(crate) fn run(arguments: impl IntoIterator<Item = OsString>) -> Result<()> {
    let matches = command().get_matches_from(arguments);
    match matches.subcommand() {
        Some(("serve", options)) => {
            let name = options.get_one::<String>("peer").map(String::as_str);
            let peer = Peer::named(name.unwrap_or_default()).context("there is no such peer")?;
            peer.serve()
        }
        Some((_, options)) => compare(options),
        None => Ok(()),
    }
}

fn command() -> Command {
    let list = |name: &'static str, help: &'static str| {
        Arg::new(name).long(name).value_delimiter(',').action(ArgAction::Append).help(help)
    };
    let run = Command::new("run")
        .about("Measure, and write a report")
        .arg(Arg::new("quick").long("quick").action(ArgAction::SetTrue).help("A few minutes only"))
        .arg(list("peers", "Only these servers, separated by commas"))
        .arg(list("cases", "Only these cases, separated by commas"))
        .arg(
            Arg::new("results").long("results").help(
                "Folder for the report [default: bench/results, and target/bench for a part]",
            ),
        );
    let serve = Command::new("serve")
        .about("Be one of the servers that are compared")
        .arg(Arg::new("peer").required(true));
    Command::new("bench")
        .about("Measures Socket.IO servers side by side")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(run)
        .subcommand(serve)
}

fn compare(options: &ArgMatches) -> Result<()> {
    let plan = if options.get_flag("quick") { Plan::quick() } else { Plan::full() };
    let peers = chosen(options, "peers", &Peer::ALL, Peer::named)?;
    let cases = chosen(options, "cases", &Case::ALL, Case::named)?;
    let folder = results(options);
    let files = raise_file_limit()?;
    if !file_limit_is_enough(files) {
        say(&format!("Only {files} files may be open: the large cases will fail."))?;
    }
    let outcomes = measure(&cases, &peers, &plan)?;
    let path = report::write(&folder, &plan, &Machine::look(), &outcomes)?;
    say(&format!("The report is in {}", path.display()))?;
    Ok(())
}

/// A part of everything is no result that others should find.
fn results(options: &ArgMatches) -> PathBuf {
    if let Some(folder) = options.get_one::<String>("results") {
        return PathBuf::from(folder);
    }
    let bench = Path::new(env!("CARGO_MANIFEST_DIR"));
    let whole = !options.contains_id("peers") && !options.contains_id("cases");
    bench.join(if whole { "results" } else { "../target/bench" })
}

fn chosen<T: Copy>(
    options: &ArgMatches,
    option: &str,
    all: &[T],
    find: impl Fn(&str) -> Option<T>,
) -> Result<Vec<T>> {
    match options.get_many::<String>(option) {
        None => Ok(all.to_vec()),
        Some(names) => names
            .map(|name| find(name).with_context(|| format!("{name:?} is none of the {option}")))
            .collect(),
    }
}

/// Peers take turns within a case, so that a noisy moment of the machine hits all of them.
fn measure(cases: &[Case], peers: &[Peer], plan: &Plan) -> Result<Vec<Outcome>> {
    let mut outcomes = Vec::new();
    for case in cases {
        for repetition in 0..case.repetitions(plan) {
            for peer in peers.iter().filter(|peer| case.concerns(**peer)) {
                let before = outcomes.len();
                peer.cores().take()?;
                let ran = case.run((*peer, repetition), plan, &mut outcomes);
                for outcome in outcomes.iter().skip(before) {
                    say(&report::line(outcome))?;
                }
                if let Err(error) = ran {
                    let why = format!("{error:#}");
                    say(&format!("{:12} {}: {why}", peer.name(), case.name()))?;
                    outcomes.push(Outcome::failed((*peer, *case), why));
                }
            }
        }
    }
    Ok(outcomes)
}
