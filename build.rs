//! Cargo does not see the files that `embed_migrations!` reads; this line tells it.
fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
