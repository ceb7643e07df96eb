//! Who may read what the program writes.

use crate::support::program::Program;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

fn mode(path: &Path) -> u32 {
    path.metadata().unwrap().permissions().mode() & 0o777
}

#[test]
#[expect(clippy::disallowed_methods, reason = "tests make their own files")]
fn a_report_is_no_more_readable_than_what_stood_there() {
    let program = Program::at("2026-05-01T12:00:00Z");
    program.put("b/topology.xml", b"<Topology/>");
    program.put("usual", b"");
    for (before, after) in [(0o600, 0o600), (0o640, 0o640), (0o400, 0o400)] {
        program.put("report.txt", b"the report of yesterday");
        let path = program.path("report.txt");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(before)).unwrap();
        program.run("audit DIR/b --output text=DIR/report.txt");
        assert_ne!(program.read("report.txt"), b"the report of yesterday");
        // The umask of whoever runs the tests may take more away.
        assert_eq!(mode(&path) & !after, 0, "{before:o} became {:o}", mode(&path));
        std::fs::remove_file(path).unwrap();
    }
    program.run("audit DIR/b --output text=DIR/new.txt");
    assert_eq!(mode(&program.path("new.txt")), mode(&program.path("usual")), "a new file is like any other");
}
