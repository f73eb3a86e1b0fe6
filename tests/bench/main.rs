//! Benchmarks, run by hand: `cargo bench --bench bench` (all), or with ` -- pages`, `mail` or `start` behind it.
//!
//! Timings on shared machines are noisy, so every figure stands beside one of the same run: kept pages beside a bare
//! actix handler with the same bytes, mail beside Postfix's `smtp-source` to the same `smtp-sink`. Ratios of medians.
#![allow(clippy::print_stdout, reason = "a benchmark speaks on standard output")]

mod load;
mod mail;
mod pages;
mod start;

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with('-')).collect();
    let wants = |name: &str| wanted.is_empty() || wanted.iter().any(|w| w == name);
    if wants("pages") {
        pages::run();
    }
    if wants("mail") {
        mail::run();
    }
    if wants("start") {
        start::run();
    }
}

/// The middle one; sorts.
fn median(figures: &mut [f64]) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or_default()
}

/// A folder that nobody else uses.
fn fresh_folder() -> std::path::PathBuf {
    let folder = std::env::temp_dir().join(format!("oxsop-bench-{}", uuid::Uuid::new_v4().simple()));
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// The configuration of a benchmark: SQLite in its own folder.
fn config(folder: &std::path::Path, mail: &str) -> oxsop::platform::config::Config {
    let text = format!(
        "[data]\nfolder = '{}'\n[server]\nlisten = '127.0.0.1:0'\n[mail]\nurl = '{mail}'\nconnections = 32\n",
        folder.display()
    );
    oxsop::platform::config::Config::from_parts(Some(&text), std::iter::empty()).expect("a configuration")
}
