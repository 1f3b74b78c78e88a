//! The log. What never goes into it: message content, passwords, cookies, session ids.

use std::io::IsTerminal as _;

use tracing::{Level, Metadata};
use tracing_subscriber::filter::{FilterExt as _, filter_fn};
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, fmt};

use crate::config::{Config, LogFormat};

/// Starts the log of the process, on standard error.
pub fn start(config: &Config) {
    let wanted = EnvFilter::builder().parse_lossy(&config.log);
    let filter = wanted.and(filter_fn(may_be_logged));
    let log = fmt::layer().with_ansi(std::io::stderr().is_terminal()).with_writer(std::io::stderr);
    let log = match config.log_format {
        LogFormat::Text => log.with_filter(filter).boxed(),
        LogFormat::Json => log.json().with_filter(filter).boxed(),
    };
    // Fails only when a log is running already, as in a test that starts two servers.
    drop(tracing_subscriber::registry().with(log).try_init());
}

/// What libraries say in detail is what passes through them: messages, cookies, passwords.
fn may_be_logged(line: &Metadata<'_>) -> bool {
    line.target().starts_with("gif_chat") || *line.level() <= Level::INFO
}
