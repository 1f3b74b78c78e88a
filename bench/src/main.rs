//! Measures Socket.IO servers side by side: one load generator, one payload, one report. How to run
//! it and how to read what it says: `bench/README.md`.

mod cases;
mod cli;
mod load;
mod machine;
mod numbers;
mod peers;
mod plan;
mod report;
mod server;

use std::io::{self, Write as _};
use std::process::ExitCode;

fn main() -> ExitCode {
    match cli::run(std::env::args_os()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // There is nobody else to tell.
            drop(writeln!(io::stderr(), "bench: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// Says a line, at once.
fn say(line: &str) -> io::Result<()> {
    let mut output = io::stdout().lock();
    writeln!(output, "{line}")?;
    output.flush()
}
