//! `loadgen`: many visitors.

use std::process::ExitCode;

fn main() -> ExitCode {
    loadgen::cli::run(std::env::args_os())
}
