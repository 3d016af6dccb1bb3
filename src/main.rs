//! The program `jiuji`: reads the command line, runs the command, and is the one place that
//! decides how failure looks.

use std::process::ExitCode;

use jiuji::cli;

fn main() -> ExitCode {
    match cli::run(cli::parse()) {
        Ok(outcome) => outcome.into(),
        // Whoever reads the output has seen enough, as in `jiuji search 断网 | head -3`.
        Err(error) if cli::is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            anstream::eprintln!("error: {}", cli::message(&error));
            cli::Outcome::Errors.into()
        }
    }
}
