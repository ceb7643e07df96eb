//! Tests against Active Directory as evidence.

use super::*;
use crate::state::{ProvedServer, Tested, TicketProof};

const SHA: &str = "aa";

/// The estate with one configuration's digest, and what a test at 08:00 with key version 3 found of fe01.
fn proved(servers: Vec<ServerConfiguration>, holds: bool, password_set: &str) -> Inventory {
    let mut inventory = estate(servers);
    inventory.documents.push(crate::Document {
        id: DocumentId(0),
        path: "applicationHost.config".into(),
        root: 0,
        sha256: Some(SHA.into()),
        bytes: 0,
        kind: crate::DocumentKind::ApplicationHost,
        status: crate::DocumentStatus::Used,
        computer: None,
        written: None,
        read_at: None,
        modified: None,
        problems: Vec::new(),
    });
    inventory.directory = Some(directory(password_set));
    inventory.proofs = vec![TicketProof {
        account: DownLevelName::parse(ACCOUNT).unwrap().name,
        tested_at: "2026-03-02T08:00:00Z".parse().unwrap(),
        key_version: Some(3),
        servers: vec![ProvedServer { server: host("fe01.contoso.com"), tested: Tested::Configuration(SHA.to_owned()), holds }],
    }];
    inventory
}

fn key_version(inventory: &mut Inventory, version: u32) {
    inventory.directory.as_mut().unwrap().accounts[0].key_version = Some(Spanned::new(version, at(0)));
}

#[test]
fn what_a_ticket_proves_goes_before_every_majority() {
    let [a, b, ..] = tags();
    let servers = || vec![holding("fe01.contoso.com", a), holding("fe02.contoso.com", b), holding("fe03.contoso.com", b)];
    let text = computed(proved(servers(), true, "2026-03-02T07:00:00Z"), None);
    assert!(text.starts_with("fe01.contoso.com in-sync directory A A test against Active Directory of 2026-03-02 08:00 UTC"), "{text}");
    assert!(text.contains("fe02.contoso.com stale directory B "), "{text}");
    // Refuted, it is stale; that the others agree with each other proves them as little as before.
    let text = computed(proved(servers(), false, "2026-03-02T07:00:00Z"), None);
    assert!(text.starts_with("fe01.contoso.com stale directory A "), "{text}");
    assert!(text.contains("fe02.contoso.com in-sync plurality B "), "{text}");
}

#[test]
fn a_proof_speaks_of_one_key_and_of_the_bytes_that_it_saw() {
    let [a, b, ..] = tags();
    let servers = || vec![holding("fe01.contoso.com", a), holding("fe02.contoso.com", b), holding("fe03.contoso.com", b)];
    let silent = |inventory| {
        let text = computed(inventory, None);
        assert!(!text.contains("directory"), "{text}");
    };
    // The password was set later; or so shortly before that clocks may differ.
    silent(proved(servers(), true, "2026-03-02T09:00:00Z"));
    silent(proved(servers(), true, "2026-03-02T07:58:00Z"));
    // The version of the key decides where it is known, whatever the clocks say.
    let mut inventory = proved(servers(), true, "2026-03-02T07:58:00Z");
    key_version(&mut inventory, 3);
    assert!(computed(inventory, None).starts_with("fe01.contoso.com in-sync directory A "));
    let mut inventory = proved(servers(), true, "2026-03-02T07:00:00Z");
    key_version(&mut inventory, 4);
    silent(inventory);
    // Another configuration than was tested.
    let mut inventory = proved(servers(), true, "2026-03-02T07:00:00Z");
    inventory.documents[0].sha256 = Some("bb".into());
    silent(inventory);
    // Nothing says when the password was set.
    let mut inventory = proved(servers(), true, "2026-03-02T07:00:00Z");
    inventory.directory = None;
    silent(inventory);
}

#[test]
fn a_server_with_two_secrets_is_not_proved_by_a_test_of_both() {
    let [a, b, ..] = tags();
    let two = server("fe01.contoso.com", vec![slot(1, ACCOUNT, SecretState::Clear(a)), slot(2, ACCOUNT, SecretState::Clear(b))]);
    let text = computed(proved(vec![two, holding("fe02.contoso.com", b)], false, "2026-03-02T07:00:00Z"), None);
    assert!(!text.contains(" directory "), "which of the two was refuted is not known: {text}");
}

/// A web service that opened a ticket ran with the configuration that was written before and read after.
#[test]
fn a_web_service_speaks_of_the_configuration_that_it_ran_with() {
    let [a, b, ..] = tags();
    let at = |time: &str| Some(time.parse().unwrap());
    let taken = |written: &str, read: &str| {
        let servers = vec![holding("fe01.contoso.com", a), holding("fe02.contoso.com", b)];
        let mut inventory = proved(servers, true, "2026-03-02T07:00:00Z");
        inventory.proofs[0].servers[0].tested = Tested::WebService;
        (inventory.documents[0].written, inventory.documents[0].read_at) = (at(written), at(read));
        inventory
    };
    let (before, after) = ("2026-03-02T07:30:00Z", "2026-03-02T08:30:00Z");
    let text = computed(taken(before, after), None);
    assert!(text.starts_with("fe01.contoso.com in-sync directory A "), "{text}");
    assert!(text.contains("fe02.contoso.com stale directory B "), "{text}");
    // Written after the test, or about then by another clock; or read before, so that what ran then is not known.
    for (written, read) in [(after, "2026-03-02T09:00:00Z"), ("2026-03-02T07:57:00Z", after), (before, "2026-03-02T07:45:00Z")] {
        let text = computed(taken(written, read), None);
        assert!(!text.contains("directory"), "{written} {read}: {text}");
    }
    let mut undated = taken(before, after);
    undated.documents[0].written = None;
    assert!(!computed(undated, None).contains("directory"));
    // A test of the secret itself goes before it, whenever it was.
    let mut refuted = taken(before, after);
    let mut older = refuted.proofs[0].clone();
    older.tested_at = "2026-03-02T07:40:00Z".parse().unwrap();
    older.servers[0] = ProvedServer { tested: Tested::Configuration(SHA.to_owned()), holds: false, ..older.servers[0].clone() };
    refuted.proofs.push(older);
    assert!(computed(refuted, None).starts_with("fe01.contoso.com stale directory A "));
}
