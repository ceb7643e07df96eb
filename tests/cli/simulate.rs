//! `simulate estate` and `demo`.

use super::{Shell, json};

#[test]
fn the_demo_tells_a_verdict_and_the_next_step() {
    let ran = Shell::empty().run("demo");
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let mut at = 0;
    for part in [
        "$ kerbsync audit estate",
        "What to do first",
        "Set-CsKerberosAccountPassword -FromComputer ",
        "Verdict: FAILED. ",
        "$ kerbsync sync estate --from-computer fe01.contoso.com --to-computer dir01.contoso.com --what-if",
        "What if: Performing the operation ",
        "all-new: every step is done",
        "dir01.contoso.com: stale before, in-sync now.",
        "$ kerbsync rollback --last estate",
        "the bytes are the first ones again",
        "kerbsync init",
    ] {
        at += ran.out[at..].find(part).unwrap_or_else(|| panic!("no '{part}' in {}", &ran.out[at..]));
    }
    // But for the random bytes of what is encrypted.
    let told = |out: &str| out.lines().filter(|l| !l.starts_with("@@ ")).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(told(&Shell::empty().run("demo").out), told(&ran.out), "the same each time");
}

/// What fits on a screen says what is wrong, where, and what to do.
#[test]
fn the_first_screen_says_what_to_do() {
    let ran = Shell::empty().run("demo");
    let screen: String = ran.out.lines().take(40).flat_map(|line| [line, "\n"]).collect();
    for part in ["holds another secret than the others: dir01.contoso.com.", "What to do first (KS201)\n", "error[KS201] stale-secret"] {
        assert!(screen.contains(part), "no '{part}' in {screen}");
    }
    let command = "    Set-CsKerberosAccountPassword -FromComputer fe01.contoso.com -ToComputer dir01.contoso.com\n";
    assert!(screen.contains(command), "{screen}");
}

#[test]
fn one_bad_server_among_forty_fits_a_screen() {
    let shell = Shell::empty();
    let line = "simulate estate --seed 3 --sites 2 --servers 40 --clean --defect stale-secret --now 2026-02-20 --quiet -o DIR/e";
    assert_eq!(shell.run(line).code, 0);
    let ran = shell.run("audit DIR/e");
    assert_eq!(ran.code, 1);
    assert!(ran.out.lines().count() <= 40, "{} lines\n{}", ran.out.lines().count(), ran.out);
    for part in [
        "1 error. Of 40 web servers: 39 in sync",
        "1 stale",
        "\n    Set-CsKerberosAccountPassword -FromComputer ",
        "Verdict: FAILED. 1 error.\n",
    ] {
        assert!(ran.out.contains(part), "no '{part}' in {}", ran.out);
    }
}

#[test]
fn a_kept_demo_is_a_bundle() {
    let shell = Shell::empty();
    assert_eq!(shell.run("demo --keep DIR/kept").code, 0);
    assert_eq!(shell.run("audit DIR/kept").code, 1);
    let ran = shell.run("demo --keep DIR/kept");
    assert!(ran.code == 2 && ran.err.contains("is not empty"), "{}", ran.err);
}

#[test]
fn equal_seeds_give_equal_estates_and_the_truth_stays_outside() {
    let shell = Shell::empty();
    for name in ["a", "b"] {
        let ran = shell.run(&format!("simulate estate --seed 5 --sites 1 --servers 3 --clean --truth DIR/{name}.json -o DIR/{name}"));
        assert_eq!(ran.code, 0, "{}", ran.err);
    }
    assert_eq!(shell.read("a.json"), shell.read("b.json"));
    let ran = shell.run("inventory DIR/a --format json");
    let inventory = json(&ran);
    let truth: serde_json::Value = serde_json::from_str(&shell.read("a.json")).unwrap();
    assert_eq!(inventory["sites"][0]["name"], truth["sites"][0]["name"]);
    assert_eq!(shell.run("audit DIR/a").code, 0, "a clean estate: {}", shell.run("audit DIR/a").out);
    let ran = shell.run("simulate estate --truth DIR/c/truth.json -o DIR/c");
    assert!(ran.code == 2 && ran.err.contains("lies within the bundle"), "{}", ran.err);
}

#[test]
fn a_target_that_is_not_empty_is_left_alone() {
    let shell = Shell::empty();
    shell.put("full/mine.txt", b"mine");
    let ran = shell.run("simulate estate --servers 2 -o DIR/full");
    assert!(ran.code == 2 && ran.err.contains("'DIR/full' is not empty and is left as it is"), "{}", ran.err);
    assert_eq!(shell.read("full/mine.txt"), "mine");
}

#[test]
fn an_unknown_defect_names_the_nearest() {
    let ran = Shell::empty().run("simulate estate --defect stale-sercet -o DIR/new");
    assert!(ran.code == 2 && ran.err.contains("did you mean stale-secret?"), "{}", ran.err);
}

#[test]
fn a_planted_defect_is_found() {
    let shell = Shell::empty();
    let ran = shell.run("simulate estate --seed 3 --sites 2 --servers 6 --clean --defect spn-duplicate -o DIR/new");
    assert_eq!(ran.code, 0, "{}", ran.err);
    let ran = shell.run("audit DIR/new");
    assert!(ran.out.contains("spn-duplicate"), "{}", ran.out);
}
