//! The disk that the index lies on.

use std::path::Path;

use rustix::fs::statvfs;

/// Thousandths of the disk of `folder` that a user may still fill; `None` when the system does
/// not say.
pub(super) fn free_permille(folder: &Path) -> Option<u16> {
    let found = statvfs(folder).ok()?;
    permille(found.f_bavail, found.f_blocks)
}

fn permille(n_free: u64, n_all: u64) -> Option<u16> {
    let share = n_free.checked_mul(1000)?.checked_div(n_all)?;
    u16::try_from(share.min(1000)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_between_nothing_and_all() {
        let table = [
            (0, 0, None),
            (0, 8, Some(0)),
            (1, 3, Some(333)),
            (8, 8, Some(1000)),
            (9, 8, Some(1000)),
        ];
        for (free, all, expected) in table {
            assert_eq!(permille(free, all), expected, "{free} of {all}");
        }
        let folder = tempfile::tempdir().unwrap();
        assert!(free_permille(folder.path()).is_some());
        assert_eq!(free_permille(&folder.path().join("gone")), None);
    }
}
