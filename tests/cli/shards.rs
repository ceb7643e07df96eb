//! `audit --shard` and `merge`: the whole of the parts is the whole, byte for byte.

use super::Shell;

/// The audit of an estate with something wrong, in `of` parts, and whole.
fn parted(seed: u64, of: usize) -> Shell {
    let shell = Shell::empty();
    let made = shell.run(&format!(
        "simulate estate --seed {seed} --sites 2 --servers 8 --defect stale-secret --defect negotiate-missing --now 2026-05-01 -o DIR/estate"
    ));
    assert_eq!(made.code, 0, "{}", made.transcript());
    shell.run("audit DIR/estate --now 2026-05-02 --output json=DIR/whole.json");
    for number in 1..=of {
        let ran = shell.run(&format!("audit DIR/estate --now 2026-05-02 --shard {number}/{of} --output json=DIR/part-{number}.json"));
        assert!(ran.out.contains(&format!("part {number} of {of}")), "{}", ran.out);
    }
    shell
}

fn files(of: usize) -> String {
    // The order in which parts are given is nobody's business.
    (1..=of).rev().map(|n| format!(" DIR/part-{n}.json")).collect()
}

#[test]
fn the_merged_report_is_the_whole_one_byte_for_byte() {
    for (seed, of) in [(1, 1), (7, 2), (11, 3), (23, 5)] {
        let shell = parted(seed, of);
        let merged = shell.run(&format!("merge{} --output json=DIR/merged.json", files(of)));
        assert!(shell.read("merged.json") == shell.read("whole.json"), "seed {seed} in {of} parts");
        let whole = shell.run("audit DIR/estate --now 2026-05-02");
        assert_eq!((merged.code, &merged.out), (whole.code, &whole.out), "seed {seed} in {of} parts");
    }
}

#[test]
fn a_part_tells_all_of_its_servers_and_nothing_of_others() {
    let shell = parted(7, 2);
    let (mut servers, mut verdicts) = (Vec::new(), 0);
    for number in 1..=2 {
        let part: serde_json::Value = serde_json::from_str(&shell.read(&format!("part-{number}.json"))).unwrap();
        let all = part["verdicts"].as_array().unwrap();
        verdicts += all.len();
        let mut own: Vec<String> =
            all.iter().filter(|v| v["subject_kind"] == "server").map(|v| v["subject"].as_str().unwrap().to_owned()).collect();
        own.sort();
        own.dedup();
        assert!(own.len() >= 3, "{own:?}");
        servers.extend(own);
    }
    let count = servers.len();
    servers.sort();
    servers.dedup();
    assert_eq!(count, servers.len(), "no server is in two parts");
    let whole: serde_json::Value = serde_json::from_str(&shell.read("whole.json")).unwrap();
    assert_eq!(whole["verdicts"].as_array().unwrap().len(), verdicts);
}

#[test]
fn what_is_no_whole_is_refused_with_what_is_missing() {
    let shell = parted(7, 3);
    shell.run("audit DIR/estate --now 2026-05-03 --shard 3/3 --output json=DIR/later.json");
    let mut damaged: serde_json::Value = serde_json::from_str(&shell.read("part-3.json")).unwrap();
    damaged["verdicts"].as_array_mut().unwrap().pop();
    shell.put("damaged.json", damaged.to_string().as_bytes());
    let told = [
        "merge DIR/part-1.json DIR/part-3.json",
        "merge DIR/part-1.json DIR/part-2.json DIR/part-2.json",
        "merge DIR/part-1.json DIR/part-2.json DIR/later.json",
        "merge DIR/part-1.json DIR/part-2.json DIR/damaged.json",
        "merge DIR/whole.json",
        "diff DIR/part-1.json DIR/part-2.json",
        "diff DIR/whole.json DIR/part-2.json",
        "audit DIR/estate --baseline DIR/part-1.json",
        "audit DIR/estate --shard 4/3",
        "audit DIR/estate --shard 1/2 --write-baseline DIR/b.json",
    ]
    .map(|line| format!("$ {line}\n{}", shell.run(line).transcript()));
    insta::assert_snapshot!(told.join("\n"));
}
