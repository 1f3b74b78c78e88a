//! Sees that the page has been built before it is embedded. Runs no npm: `make` does.

use std::path::Path;
use std::process::exit;

fn main() {
    let manifest = Path::new("../../web/dist/.vite/manifest.json");
    println!("cargo::rerun-if-changed={}", manifest.display());
    println!("cargo::rerun-if-changed=templates");
    if !manifest.exists() {
        println!("cargo::error=The page is not built: run `make web` first (or `make build`).");
        exit(1);
    }
}
