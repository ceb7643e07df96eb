//! States on small estates, and the laws that hold for all of them.

use super::*;
use crate::directory::{Account, Directory, Domain, Moment};
use crate::{
    AccountText, Assignment, Computer, Creation, EvidenceLevel, LayoutId, ManagementLog, Pool, PoolKind, ProviderPurpose, SecretState,
    ServerConfiguration, ServerStatus, Site, SiteKind, Slot, SlotKey, SlotRelevance, TestVerdict,
};
use kerbsync_names::{DownLevelName, SiteId};
use kerbsync_secret::{Secret, Tagger};
use kerbsync_source::{DocumentId, Location, Origin, Position, Spanned};
use proptest::prelude::*;

mod estate;
mod laws;
mod ticket_proof;

use estate::*;

#[test]
fn an_account_is_compared_over_all_its_sites() {
    let [a, b, ..] = tags();
    let servers = vec![holding("fe03.contoso.com", a), holding("FE01.contoso.com", b), holding("fe02.contoso.com", a)];
    insta::assert_snapshot!(computed(estate(servers), None), @r"
    fe01.contoso.com stale plurality A The secret of the slot at 1 differs from that of the majority (2 servers hold the same).
    fe02.contoso.com in-sync plurality B The secret of the slot at 1 agrees with 1 other; not proved against Active Directory.
    fe03.contoso.com in-sync plurality B The secret of the slot at 1 agrees with 1 other; not proved against Active Directory.
    fe04.contoso.com unknown none - No configuration of this server is among the inputs.
    sql01.contoso.com not-applicable none - It does not run Web Services.
    ");
}

#[test]
fn two_groups_of_one_size_are_no_reference_until_one_is_named() {
    let [a, b, ..] = tags();
    let servers = || vec![holding("fe01.contoso.com", a), holding("fe02.contoso.com", b)];
    insta::assert_snapshot!(computed(estate(servers()), None), @r"
    fe01.contoso.com unknown none A The secret of the slot at 1 could be read, but there is no reference to compare it with.
    fe02.contoso.com unknown none B The secret of the slot at 1 could be read, but there is no reference to compare it with.
    fe03.contoso.com unknown none - No configuration of this server is among the inputs.
    fe04.contoso.com unknown none - No configuration of this server is among the inputs.
    sql01.contoso.com not-applicable none - It does not run Web Services.
    ");
    let named = computed(estate(servers()), Some("FE02.contoso.com"));
    assert!(named.starts_with("fe01.contoso.com stale named A "), "{named}");
    assert!(named.contains("\nfe02.contoso.com in-sync named B "), "{named}");
}

#[test]
fn the_worst_slot_counts_and_the_rest_do_not() {
    let [a, b, ..] = tags();
    let sealed = SecretState::Sealed { provider: "AesProvider".to_owned(), reason: "no exported key".into(), damaged: false };
    let mut elsewhere = slot(3, "contoso\\svc", SecretState::Clear(b));
    elsewhere.relevance = SlotRelevance::Elsewhere;
    let mut inactive = slot(4, "contoso\\svc", SecretState::Clear(b));
    inactive.active = false;
    let servers = vec![
        server("fe01.contoso.com", vec![slot(1, ACCOUNT, SecretState::Clear(a)), elsewhere, inactive]),
        server("fe02.contoso.com", vec![slot(1, ACCOUNT, SecretState::Clear(a)), slot(2, "contoso\\svc", SecretState::Clear(b))]),
        server("fe03.contoso.com", vec![slot(1, ACCOUNT, sealed.clone()), slot(2, ACCOUNT, SecretState::Clear(b))]),
        server("fe04.contoso.com", vec![slot(1, ACCOUNT, sealed), slot(2, ACCOUNT, SecretState::Clear(a))]),
    ];
    insta::assert_snapshot!(computed(estate(servers), None), @r"
    fe01.contoso.com in-sync plurality A The secret of the slot at 1 agrees with 2 others; not proved against Active Directory.
    fe02.contoso.com different-account none B The slot at 2 names contoso\svc instead of CONTOSO\KerbAuth.
    fe03.contoso.com stale plurality B The secret of the slot at 2 differs from that of the majority (3 servers hold the same).
    fe04.contoso.com unknown none - The secret of the slot at 1 is encrypted by AesProvider and was not opened: no exported key.
    sql01.contoso.com not-applicable none - It does not run Web Services.
    ");
}

#[test]
fn what_cannot_be_known_says_why() {
    let [a, ..] = tags();
    let mut shared = holding("fe01.contoso.com", a);
    shared.redirected_to = Some(Spanned::new("\\\\srv\\share".to_owned(), at(0)));
    let mut missing = server("fe02.contoso.com", Vec::new());
    missing.status = ServerStatus::Missing;
    let bare = server("fe03.contoso.com", vec![slot(1, "KerbAuth$", SecretState::Clear(a))]);
    let empty = server("fe04.contoso.com", vec![slot(1, ACCOUNT, SecretState::Empty)]);
    insta::assert_snapshot!(computed(estate(vec![shared, missing, bare, empty]), None), @r"
    fe01.contoso.com unknown none - Its configuration is shared: redirection.config leads to \\srv\share, so the local file is not in force.
    fe02.contoso.com unknown none - The server's folder holds no applicationHost.config.
    fe03.contoso.com unknown none A The slot at 1 names 'KerbAuth$', and no input says whether that is contoso\kerbauth.
    fe04.contoso.com not-configured none - The slot at 1 names contoso\kerbauth, but its secret is empty.
    sql01.contoso.com not-applicable none - It does not run Web Services.
    ");
}

/// Where a document contradicts itself about a server or a site, nothing is said of what it is to hold.
#[test]
fn a_server_in_two_pools_and_a_site_without_a_name_of_its_own_are_undecided() {
    let [a, ..] = tags();
    let torn = |second: &str| {
        let mut inventory = estate(vec![holding("fe03.contoso.com", a)]);
        inventory.pools[0].computers.extend(pool("one", "x", &["fe03.contoso.com"], true).computers);
        inventory.assignments[1] = assignment("two", second);
        computed(inventory, None)
    };
    assert!(torn("contoso\\Other").contains(
        "fe03.contoso.com unknown none - The topology has it in two pools, pool01.contoso.com and pool02.contoso.com, whose sites do not have the same account."
    ));
    assert!(!torn(ACCOUNT).contains("two pools"), "the same account either way");
    let named = |name: &str| {
        let mut inventory = estate(Vec::new());
        inventory.sites[1].name.value = name.to_owned();
        inventory.assignments.pop();
        computed(inventory, None)
    };
    for name in ["", " ONE "] {
        assert!(named(name).contains("fe03.contoso.com unknown none - Site two of the topology has no name of its own"), "{name}");
    }
    assert!(named("three").contains("fe03.contoso.com not-applicable none - Site three has no Kerberos account."));
}

#[test]
fn sites_without_a_usable_account() {
    let mut inventory = estate(Vec::new());
    inventory.assignments.push(assignment("one", "contoso\\Other"));
    inventory.assignments[1] = assignment("two", "KerbAuth@contoso.com");
    insta::assert_snapshot!(computed(inventory, None), @r"
    fe01.contoso.com unknown none - Several accounts are assigned to site one.
    fe02.contoso.com unknown none - Several accounts are assigned to site one.
    fe03.contoso.com unknown none - The account assigned to site two is not of the form DOMAIN\name.
    fe04.contoso.com unknown none - The account assigned to site two is not of the form DOMAIN\name.
    sql01.contoso.com not-applicable none - It does not run Web Services.
    ");
    let mut inventory = estate(Vec::new());
    inventory.assignments.clear();
    inventory.pools[1].site = None;
    insta::assert_snapshot!(computed(inventory, None), @r"
    fe01.contoso.com not-applicable none - Site one has no Kerberos account.
    fe02.contoso.com not-applicable none - Site one has no Kerberos account.
    fe03.contoso.com unknown none - The topology does not say which site its pool pool02.contoso.com belongs to.
    fe04.contoso.com unknown none - The topology does not say which site its pool pool02.contoso.com belongs to.
    sql01.contoso.com not-applicable none - It does not run Web Services.
    ");
    let mut inventory = estate(Vec::new());
    inventory.assignments.clear();
    inventory.assignments_known = false;
    assert!(
        computed(inventory, None).starts_with("fe01.contoso.com unknown none - No input says whether site one has a Kerberos account.")
    );
}

/// After a site was renamed, an export from before names it by its old name. That it has no account now is then not shown.
#[test]
fn an_assignment_that_leads_nowhere_may_be_that_of_a_site_where_its_account_is_found() {
    let [a, ..] = tags();
    let renamed = |held: &str| {
        let mut inventory = estate(vec![holding("fe03.contoso.com", a)]);
        inventory.assignments[1] = assignment("old two", held);
        inventory.assignments[1].site_id = None;
        computed(inventory, None)
    };
    assert!(renamed(ACCOUNT).contains("fe03.contoso.com unknown none - No assignment names site two, but 'Site:old two' names no site of the topology and its account contoso\\KerbAuth is found here: it may be this site under another name."), "{}", renamed(ACCOUNT));
    assert!(renamed("contoso\\Other").contains("fe03.contoso.com not-applicable none - Site two has no Kerberos account."));
}

fn tested(server: &str, valid: bool, time: &str) -> ManagementLog {
    ManagementLog {
        document: DocumentId(0),
        cmdlet: "Test-CsKerberosAccountAssignment".to_owned(),
        started: None,
        ended: time.parse().ok(),
        complete: true,
        entries: Vec::new(),
        unassigned_sites: Vec::new(),
        spns_added: Vec::new(),
        spns_missing: Vec::new(),
        tested_site: Some("site:one".to_owned()),
        computers: Vec::new(),
        test_verdicts: vec![TestVerdict { server: host(server), valid, account: None, time: None, origin: at(0) }],
    }
}

#[test]
fn the_product_s_own_report_comes_before_everything_else() {
    let [a, b, ..] = tags();
    let servers = || vec![holding("fe01.contoso.com", a), holding("fe02.contoso.com", b), holding("fe03.contoso.com", b)];
    let mut inventory = estate(servers());
    inventory.logs = vec![tested("fe01.contoso.com", true, "2026-03-02T08:00:00Z")];
    inventory.directory = Some(directory("2026-03-02T07:00:00Z"));
    let text = computed(inventory, Some("fe02.contoso.com"));
    assert!(text.starts_with("fe01.contoso.com in-sync product-report A "), "{text}");
    assert!(text.contains("fe02.contoso.com stale product-report B "), "{text}");

    // A later report that finds the same server invalid takes the proof away.
    let mut inventory = estate(servers());
    inventory.logs =
        vec![tested("fe01.contoso.com", false, "2026-03-03T08:00:00Z"), tested("fe01.contoso.com", true, "2026-03-02T08:00:00Z")];
    assert!(computed(inventory, None).starts_with("fe01.contoso.com stale plurality A "));

    // So do two servers that were found valid and do not agree.
    let mut inventory = estate(servers());
    inventory.logs =
        vec![tested("fe01.contoso.com", true, "2026-03-02T08:00:00Z"), tested("fe02.contoso.com", true, "2026-03-02T08:00:00Z")];
    assert!(computed(inventory, None).starts_with("fe01.contoso.com stale plurality A "));
}

#[test]
fn a_report_from_before_a_change_of_the_password_proves_nothing() {
    let [a, b, ..] = tags();
    let mut inventory = estate(vec![holding("fe01.contoso.com", a), holding("fe02.contoso.com", b), holding("fe03.contoso.com", b)]);
    inventory.logs = vec![tested("fe01.contoso.com", true, "2026-03-02T08:00:00Z")];
    inventory.directory = Some(directory("2026-03-02T09:00:00Z"));
    assert!(computed(inventory, None).starts_with("fe01.contoso.com stale plurality A "));

    let mut inventory = estate(vec![holding("fe01.contoso.com", a), holding("fe02.contoso.com", b), holding("fe03.contoso.com", b)]);
    inventory.logs = vec![tested("fe01.contoso.com", true, "2026-03-02T08:00:00Z")];
    inventory.directory = Some(directory("2026-03-02T07:00:00Z"));
    assert!(computed(inventory, None).starts_with("fe01.contoso.com in-sync product-report A "));
}

/// A directory that says when the account's password was set, and that `CONTOSO` is `contoso.com`.
fn directory(password_set: &str) -> Directory {
    let mut account = Account {
        origin: at(0),
        distinguished_name: Spanned::new("CN=KerbAuth,DC=contoso,DC=com".to_owned(), at(0)),
        domain: Some("contoso.com".to_owned()),
        sam_account_name: Some(Spanned::new("KerbAuth$".to_owned(), at(0))),
        class: None,
        user_account_control: None,
        enabled: None,
        expires: None,
        password_last_set: None,
        created: None,
        encryption_types: None,
        spns: None,
        member_of: None,
        primary_group: None,
        admin_count: None,
        delegates_to: Some(Vec::new()),
        acted_for_by_others: None,
        key_version: None,
        sid: None,
        dns_host_name: None,
        protected_from_deletion: None,
        flags_not_told: 0,
        operating_system: None,
        last_logon: None,
        key_credential: None,
        shown_spns: Vec::new(),
        shown_member_of: Vec::new(),
        silos: None,
    };
    account.password_last_set = password_set.parse().ok().map(|t| Spanned::new(Moment::At(t), at(0)));
    let domain = Domain { netbios: "CONTOSO".to_owned(), dns: "contoso.com".to_owned(), origin: None };
    Directory { accounts: vec![account.into()], domains: vec![domain], ..Directory::default() }
}

#[test]
fn a_valid_server_is_in_sync_without_a_readable_secret_and_a_place_unknown_proves_nothing() {
    let sealed = SecretState::Sealed { provider: "AesProvider".to_owned(), reason: "no exported key".into(), damaged: false };
    let with = |name, slots| vec![server(name, slots), server("fe02.contoso.com", Vec::new())];
    let dated = |servers| {
        let mut inventory = estate(servers);
        inventory.logs = vec![tested("fe01.contoso.com", true, "2026-03-02T08:00:00Z")];
        inventory.directory = Some(directory("2026-03-02T07:00:00Z"));
        inventory
    };
    let text = computed(dated(with("fe01.contoso.com", vec![slot(1, ACCOUNT, sealed)])), None);
    assert!(text.starts_with("fe01.contoso.com in-sync product-report - "), "{text}");
    assert!(text.contains("fe02.contoso.com not-configured none "), "a peer shows the place: {text}");
    let text = computed(dated(with("fe01.contoso.com", Vec::new())), None);
    assert!(text.starts_with("fe01.contoso.com in-sync product-report - "), "{text}");
    assert!(text.contains("fe02.contoso.com unknown none "), "no server shows the place: {text}");
    let mut declared = dated(with("fe01.contoso.com", Vec::new()));
    declared.place_declared = true;
    let text = computed(declared, None);
    assert!(text.starts_with("fe01.contoso.com unknown none "), "test and configuration contradict each other: {text}");
    assert!(text.contains("fe02.contoso.com not-configured none "), "{text}");
}

#[test]
fn dated_evidence_against_a_majority_is_heard() {
    let [a, ..] = tags();
    let servers = || vec![holding("fe01.contoso.com", a), holding("fe02.contoso.com", a)];
    let mut inventory = estate(servers());
    inventory.logs = vec![tested("fe01.contoso.com", false, "2026-03-02T08:00:00Z")];
    let text = computed(inventory, None);
    assert!(text.starts_with("fe01.contoso.com unknown none A "), "{text}");
    assert!(text.contains("fe02.contoso.com in-sync plurality A "), "a report speaks only for the computer it names: {text}");
    let mut inventory = estate(servers());
    inventory.directory = Some(directory("2026-03-02T07:00:00Z"));
    inventory.documents.push(crate::Document {
        id: DocumentId(0),
        path: "applicationHost.config".into(),
        root: 0,
        sha256: None,
        bytes: 0,
        kind: crate::DocumentKind::ApplicationHost,
        status: crate::DocumentStatus::Used,
        computer: None,
        written: "2026-03-02T06:00:00Z".parse().ok(),
        read_at: None,
        modified: None,
        problems: Vec::new(),
    });
    assert!(computed(inventory, None).starts_with("fe01.contoso.com unknown none A The configuration is of 2026-03-02 06:00 UTC"));
}

#[test]
fn both_names_of_a_domain_mean_the_same_account() {
    let [a, ..] = tags();
    let servers = vec![holding("fe01.contoso.com", a), holding("fe02.contoso.com", a)];
    let mut inventory = estate(servers);
    inventory.assignments[0] = assignment("one", "contoso.com\\KerbAuth");
    assert!(computed(inventory, None).starts_with("fe01.contoso.com in-sync plurality A "));
}

#[test]
fn letters_go_on_after_z() {
    let tagger = Tagger::new().unwrap();
    let mut letters = Letters::default();
    let all: Vec<String> = (0..704).map(|n| letters.of(tagger.tag(&Secret::new(n.to_string())))).collect();
    assert_eq!([0, 25, 26, 51, 52, 701, 702, 703].map(|i| all[i].as_str()), ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA", "AAB"]);
}
