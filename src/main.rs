//! The one binary, `oxsop`.

fn main() -> std::process::ExitCode {
    oxsop::cli::main()
}
