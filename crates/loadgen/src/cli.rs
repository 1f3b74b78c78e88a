//! The command line.

use std::ffi::OsString;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, Result};
use clap::{Arg, ArgMatches, Command, value_parser};
use tokio::runtime::{Builder, Runtime};

use crate::check::check;
use crate::{durability, durable, history_file, load, torture};

/// Exit code for a command line that cannot be understood.
const FAULTY_COMMAND: u8 = 2;

/// Threads for visitors when many of them are wanted. The rest of the machine is the server's.
const THREADS: usize = 2;

/// Runs what the command line asks for.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let matches = match command().try_get_matches_from(arguments) {
        Ok(matches) => matches,
        Err(error) => {
            drop(error.print());
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(FAULTY_COMMAND));
        }
    };
    match dispatch(&matches) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            drop(writeln!(std::io::stderr(), "loadgen: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn command() -> Command {
    Command::new("loadgen")
        .about("Many visitors over the real protocol, and a judge of what they saw")
        .subcommand_required(true)
        .subcommand(torture_command())
        .subcommand(load_command())
        .subcommand(flood_command())
        .subcommand(durable_command())
        .subcommand(order_command())
        .subcommand(cuts_command())
        .subcommand(Command::new("check").about("Judge a recorded history").arg(
            Arg::new("file").value_name("FILE").required(true).value_parser(value_parser!(PathBuf)),
        ))
}

fn torture_command() -> Command {
    Command::new("torture")
        .about("Kill a server under talking visitors, and look at what they saw")
        .arg(binary())
        .arg(number("kills", "10", "How often it is killed in all"))
        .arg(number("messages", "50000", "How many messages are acknowledged in all, at least"))
        .arg(seed())
        .arg(number("rooms", "4", "Rooms in which people talk"))
        .arg(number("people", "5", "Visitors in each"))
        .arg(number("chapter-kills", "10", "Kills in one chapter"))
        .arg(path("keep", "target/torture", "Where histories are kept in which something is wrong"))
}

fn load_command() -> Command {
    Command::new("load")
        .about("Send at a constant rate, and say how long everything takes")
        .arg(binary())
        .arg(number("rooms", "10", "Rooms"))
        .arg(number("people", "10", "Visitors in each"))
        .arg(fraction("rate", "100", "Messages per second, in all rooms together"))
        .arg(number("seconds", "10", "For how long"))
        .arg(fraction("polling", "0", "The share of visitors who poll, from 0 to 1"))
        .arg(
            Arg::new("senders")
                .long("senders")
                .value_name("NUMBER")
                .value_parser(value_parser!(u64))
                .help("Visitors who send [default: all]"),
        )
}

fn flood_command() -> Command {
    Command::new("flood")
        .about("Say what a visitor who asks for everything at once costs the others")
        .arg(binary())
        .arg(number("seconds", "10", "How long each load lasts"))
        .arg(number("rounds", "3", "How often it is measured with and without, in turns"))
}

fn durable_command() -> Command {
    Command::new("durable")
        .about("Say what it costs that acknowledged messages are on disk")
        .arg(binary())
        .arg(number("seconds", "5", "How long each load lasts"))
        .arg(number("rounds", "3", "How often everything is measured; the median is told"))
        .arg(
            Arg::new("out")
                .long("out")
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .help("Where the figures are written as JSON"),
        )
}

fn order_command() -> Command {
    Command::new("order")
        .about("Look with strace whether clients are told of anything before it is on disk")
        .arg(binary())
        .arg(number("messages", "20", "Messages of each of twelve visitors"))
        .arg(
            Arg::new("without-fsync")
                .long("without-fsync")
                .value_name("LIBRARY")
                .value_parser(value_parser!(PathBuf))
                .help(
                    "Preload this, libeatmydata.so, and succeed only if the lack of fsync is seen",
                ),
        )
}

fn cuts_command() -> Command {
    Command::new("cuts")
        .about("Let the power fail, and look whether everything is there that clients were told of")
        .arg(binary())
        .arg(number("cuts", "200", "How often"))
        .arg(number("messages", "20", "Messages of each of twelve visitors before"))
        .arg(seed())
}

fn seed() -> Arg {
    Arg::new("seed")
        .long("seed")
        .value_name("NUMBER")
        .value_parser(value_parser!(u64))
        .help("Decides what happens [default: by chance]")
}

fn fraction(name: &'static str, default: &'static str, about: &'static str) -> Arg {
    number(name, default, about).value_parser(value_parser!(f64))
}

fn binary() -> Arg {
    path("binary", "target/release/gif-chat", "The server")
}

fn path(name: &'static str, default: &'static str, about: &'static str) -> Arg {
    Arg::new(name)
        .long(name)
        .value_name("PATH")
        .default_value(default)
        .value_parser(value_parser!(PathBuf))
        .help(about)
}

fn number(name: &'static str, default: &'static str, about: &'static str) -> Arg {
    Arg::new(name)
        .long(name)
        .value_name("NUMBER")
        .default_value(default)
        .value_parser(value_parser!(u64))
        .help(about)
}

fn dispatch(matches: &ArgMatches) -> Result<bool> {
    // Every visitor is a connection, and some are more.
    rlimit::increase_nofile_limit(u64::MAX).context("the limit of open files")?;
    match matches.subcommand() {
        Some(("torture", options)) => run_torture(options),
        Some(("load", options)) => run_load(options),
        Some(("flood", options)) => run_flood(options),
        Some(("durable", options)) => run_durable(options),
        Some(("order", options)) => run_order(options),
        Some(("cuts", options)) => run_cuts(options),
        Some(("check", options)) => judge(options),
        _ => Ok(false),
    }
}

fn run_torture(matches: &ArgMatches) -> Result<bool> {
    let seed = matches.get_one("seed").copied();
    let options = torture::Options {
        binary: path_of(matches, "binary"),
        kills: count_of(matches, "kills"),
        messages: number_of(matches, "messages"),
        seed: seed.unwrap_or_else(rand::random),
        rooms: count_of(matches, "rooms"),
        people: count_of(matches, "people"),
        chapter_kills: count_of(matches, "chapter-kills"),
        keep: path_of(matches, "keep"),
    };
    let runtime = Builder::new_multi_thread().worker_threads(THREADS).enable_all().build()?;
    runtime.block_on(torture::run(&options, &mut std::io::stdout()))
}

/// One thread, so that the load takes one core at most and the server has another.
fn one_thread() -> std::io::Result<Runtime> {
    Builder::new_current_thread().enable_all().build()
}

fn run_load(matches: &ArgMatches) -> Result<bool> {
    let seating = load::Seating {
        rooms: count_of(matches, "rooms"),
        people: count_of(matches, "people"),
        polling: fraction_of(matches, "polling").clamp(0.0, 1.0),
    };
    let options = load::Options {
        binary: path_of(matches, "binary"),
        seating,
        senders: matches.get_one("senders").copied().map(as_count),
        per_second: fraction_of(matches, "rate"),
        lasting: Duration::from_secs(number_of(matches, "seconds")),
    };
    one_thread()?.block_on(load::run(&options, &mut std::io::stdout()))
}

fn run_flood(matches: &ArgMatches) -> Result<bool> {
    let options = load::FloodOptions {
        binary: path_of(matches, "binary"),
        lasting: Duration::from_secs(number_of(matches, "seconds")),
        rounds: count_of(matches, "rounds"),
    };
    one_thread()?.block_on(load::flood(&options, &mut std::io::stdout()))
}

fn run_durable(matches: &ArgMatches) -> Result<bool> {
    let options = durable::Options {
        binary: path_of(matches, "binary"),
        lasting: Duration::from_secs(number_of(matches, "seconds")),
        rounds: count_of(matches, "rounds"),
        out: matches.get_one("out").cloned(),
    };
    one_thread()?.block_on(durable::run(&options, &mut std::io::stdout()))?;
    Ok(true)
}

fn judge(matches: &ArgMatches) -> Result<bool> {
    let records = history_file::read(&path_of(matches, "file"))?;
    let verdict = check(&records);
    writeln!(std::io::stdout(), "{verdict}")?;
    Ok(verdict.is_fine())
}

fn run_order(matches: &ArgMatches) -> Result<bool> {
    let order = durability::Order {
        plan: plan_of(matches),
        without_fsync: matches.get_one("without-fsync").cloned(),
    };
    one_thread()?.block_on(order.run(&mut std::io::stdout()))?;
    Ok(true)
}

fn run_cuts(matches: &ArgMatches) -> Result<bool> {
    let cuts = durability::Cuts {
        plan: plan_of(matches),
        cuts: count_of(matches, "cuts"),
        seed: matches.get_one("seed").copied().unwrap_or_else(rand::random),
    };
    one_thread()?.block_on(cuts.run(&mut std::io::stdout()))?;
    Ok(true)
}

fn plan_of(matches: &ArgMatches) -> durability::Plan {
    durability::Plan {
        binary: path_of(matches, "binary"),
        messages: count_of(matches, "messages"),
        variables: Vec::new(),
    }
}

fn path_of(matches: &ArgMatches, name: &str) -> PathBuf {
    matches.get_one::<PathBuf>(name).cloned().unwrap_or_default()
}

fn number_of(matches: &ArgMatches, name: &str) -> u64 {
    matches.get_one(name).copied().unwrap_or_default()
}

fn count_of(matches: &ArgMatches, name: &str) -> usize {
    as_count(number_of(matches, name))
}

fn as_count(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

fn fraction_of(matches: &ArgMatches, name: &str) -> f64 {
    matches.get_one(name).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        command().debug_assert();
    }
}
