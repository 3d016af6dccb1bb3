//! Files that are embedded as whole folders: a new one among them must be noticed too.

fn main() {
    println!("cargo:rerun-if-changed=kb");
    println!("cargo:rerun-if-changed=web/assets");
}
