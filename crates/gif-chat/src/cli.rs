//! The command line.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Arg, ArgMatches, Command};

use crate::app::backup::{self, BackupError, Manifest, Taken};
use crate::app::{self, App};
use crate::config::{Config, Environment, KEYS, Reading};
use crate::shutdown::Signals;
use crate::telemetry;

/// Exit code for a configuration that cannot be used.
const FAULTY_CONFIG: u8 = 2;

/// Runs what the command line asks for.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let matches = match command().try_get_matches_from(arguments) {
        Ok(matches) => matches,
        Err(error) => {
            drop(error.print());
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(FAULTY_CONFIG));
        }
    };
    match matches.subcommand() {
        Some(("config", config)) => match config.subcommand() {
            Some(("print", options)) => print_config(&read(options)),
            Some((_, options)) => check_config(&read(options)),
            None => check_config(&read(config)),
        },
        Some(("backup", options)) => back_up(options),
        Some(("restore", options)) => restore(options),
        Some((_, options)) => serve(read(options)),
        None => serve(read(&matches)),
    }
}

fn command() -> Command {
    let config = Command::new("config")
        .about("Look at the configuration")
        .subcommand_required(true)
        .subcommand(with_keys(Command::new("check").about("Say everything that is wrong with it")))
        .subcommand(with_keys(Command::new("print").about("Say every value and its source")));
    with_keys(Command::new("gif-chat"))
        .version(env!("CARGO_PKG_VERSION"))
        .about("Anonymous, real-time GIF chat rooms")
        .args_conflicts_with_subcommands(true)
        .subcommand(with_keys(Command::new("serve").about("Run the server (the default)")))
        .subcommand(with_keys(
            Command::new("backup")
                .about("Copy everything into a folder, also while the server runs")
                .arg(folder("A folder that is empty or missing")),
        ))
        .subcommand(with_keys(
            Command::new("restore")
                .about("Copy a backup into the data folder, which must be empty or missing")
                .arg(folder("A folder that `backup` has made")),
        ))
        .subcommand(config)
}

fn folder(about: &'static str) -> Arg {
    Arg::new("FOLDER").required(true).value_parser(clap::value_parser!(PathBuf)).help(about)
}

/// Every key of the configuration is an option.
fn with_keys(command: Command) -> Command {
    let file = Arg::new("config")
        .long("config")
        .value_name("FILE")
        .help("TOML file to read instead of gif-chat.toml");
    let keys = KEYS.iter().map(|key| {
        let default = if key.default.is_empty() { "none" } else { key.default };
        Arg::new(key.name)
            .long(key.name.replace('_', "-"))
            .value_name("VALUE")
            .allow_hyphen_values(true)
            .help(format!("{} [default: {default}]", key.about.trim()))
    });
    command.arg(file).args(keys)
}

fn read(options: &ArgMatches) -> Reading {
    let given = |name: &str| options.get_one::<String>(name).cloned();
    let command_line: BTreeMap<_, _> =
        KEYS.iter().filter_map(|key| Some((key.name.to_owned(), given(key.name)?))).collect();
    // Names and values that are no Unicode cannot be ours.
    let variables = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    Config::read(&Environment {
        variables: variables.collect(),
        command_line,
        config_file: given("config").map(PathBuf::from),
        folder: PathBuf::new(),
    })
}

fn serve(reading: Reading) -> ExitCode {
    let Some(config) = reading.config else {
        return report_faults(&reading);
    };
    telemetry::start(&config);
    // One thread for everything that waits; what computes or touches the disk has its own. Delivery
    // is cheaper so than with several.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let served = match runtime {
        Ok(runtime) => runtime.block_on(serve_until_signalled(config)),
        Err(error) => Err(error.into()),
    };
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say_error(&format!("gif-chat: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

async fn serve_until_signalled(config: Config) -> anyhow::Result<()> {
    let public_url = config.public_url.origin();
    let app = App::start(config).await?;
    // Whoever reads the address may send one.
    let signals = Signals::take()?;
    let address = app.address();
    let shown = public_url.unwrap_or_else(|| {
        if address.ip().is_loopback() {
            format!("http://localhost:{}", address.port())
        } else {
            format!("http://{address}")
        }
    });
    say(&shown);
    signals.first().await;
    app.stop().await;
    Ok(())
}

fn check_config(reading: &Reading) -> ExitCode {
    if reading.faults.is_empty() {
        say("The configuration is fine.");
        return ExitCode::SUCCESS;
    }
    report_faults(reading)
}

fn print_config(reading: &Reading) -> ExitCode {
    for setting in &reading.settings {
        say(&format!("{} = {}  # {}", setting.key.name, setting.shown, setting.source));
    }
    if reading.faults.is_empty() { ExitCode::SUCCESS } else { report_faults(reading) }
}

fn report_faults(reading: &Reading) -> ExitCode {
    for fault in &reading.faults {
        say_error(&fault.to_string());
    }
    ExitCode::from(FAULTY_CONFIG)
}

fn back_up(options: &ArgMatches) -> ExitCode {
    copy(options, |config, folder| {
        let Taken { manifest, unlike_their_names } =
            backup::back_up(config, folder, &app::Environment::default())?;
        say(&format!("{} are in {}.", held(&manifest), folder.display()));
        say("They hold what everybody said: keep them to yourself.");
        say(if config.cookie_secret.as_bytes().is_empty() {
            "The server's secret is with them: whoever has it can be anybody."
        } else {
            "COOKIE_SECRET is not with them: keep it, too."
        });
        let lost = say_of_gifs(&manifest.lost_gifs, "not in the data folder any more");
        let changed = say_of_gifs(&unlike_their_names, "not as they were sent");
        if lost || changed {
            say_error(
                "The backup is whole but for that. Keep an earlier one: the disk may fail. (After \
                 a change of the secret, older GIFs count as changed until their rooms end.)",
            );
            return Ok(ExitCode::FAILURE);
        }
        Ok(ExitCode::SUCCESS)
    })
}

/// Says that something is wrong with some GIFs, if there are any.
fn say_of_gifs(names: &[String], wrong: &str) -> bool {
    if let Some(first) = names.first() {
        let gifs = counted(names.len() as u64, "GIF", "GIFs");
        say_error(&format!("gif-chat: {gifs} {wrong}, such as {first}."));
    }
    !names.is_empty()
}

fn restore(options: &ArgMatches) -> ExitCode {
    copy(options, |config, folder| {
        let manifest = backup::restore(config, folder, &app::Environment::default())?;
        let (held, made_at, data) = (held(&manifest), &manifest.made_at, config.data.display());
        say(&format!("{held}, as they were at {made_at}, are in {data}."));
        say(&format!(
            "Start the server: rooms that nobody enters within {:?} end. GIFCHAT_GRACE=10m gives \
             people longer.",
            config.grace
        ));
        Ok(ExitCode::SUCCESS)
    })
}

fn held(manifest: &Manifest) -> String {
    let Manifest { rooms, entries, gifs, .. } = manifest;
    let gifs = counted(*gifs as u64, "GIF", "GIFs");
    let (rooms, entries) =
        (counted(*rooms, "room", "rooms"), counted(*entries, "entry", "entries"));
    format!("{rooms}, {entries} and {gifs}")
}

fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

fn copy(
    options: &ArgMatches,
    act: impl FnOnce(&Config, &Path) -> Result<ExitCode, BackupError>,
) -> ExitCode {
    let reading = read(options);
    let (Some(config), Some(folder)) = (&reading.config, options.get_one::<PathBuf>("FOLDER"))
    else {
        return report_faults(&reading);
    };
    act(config, folder).unwrap_or_else(|error| {
        say_error(&format!("gif-chat: {error}"));
        ExitCode::FAILURE
    })
}

/// A closed pipe is no reason to stop.
fn say(line: &str) {
    drop(writeln!(std::io::stdout(), "{line}"));
}

fn say_error(line: &str) {
    drop(writeln!(std::io::stderr(), "{line}"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        command().debug_assert();
    }

    #[test]
    fn serve_is_the_default() {
        let matches = command().try_get_matches_from(["gif-chat", "--port", "0"]).unwrap();
        assert!(matches.subcommand().is_none());
        assert_eq!(matches.get_one::<String>("port").unwrap(), "0");
    }
}
