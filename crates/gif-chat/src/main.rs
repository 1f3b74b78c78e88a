//! `gif-chat`: the server.

use std::process::ExitCode;

fn main() -> ExitCode {
    gif_chat::cli::run(std::env::args_os())
}
