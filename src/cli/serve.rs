//! `oxsop serve`

use crate::platform::config::Config;
use crate::server::{self, Starting};

pub(super) fn run(config: Config) -> Result<(), String> {
    let starting = Starting::new(config).map_err(|e| e.to_string())?;
    server::serve(starting, || ()).map_err(|e| e.to_string())
}
