//! The log. What never goes into it: message content, passwords, cookies, session ids.

use tracing_subscriber::EnvFilter;

use crate::config::{Config, LogFormat};

/// Starts the log of the process, on standard error.
pub fn start(config: &Config) {
    let filter = EnvFilter::builder().parse_lossy(&config.log);
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    let started = match config.log_format {
        LogFormat::Text => log.try_init(),
        LogFormat::Json => log.json().try_init(),
    };
    // Fails only when a log is running already, as in a test that starts two servers.
    drop(started);
}
