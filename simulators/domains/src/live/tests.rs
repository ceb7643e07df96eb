//! What a living domain answers while a password is on its way.

use super::*;
use proptest::prelude::*;

const SPN: &str = "http/pool01.contoso.com";
const OLD: &[u8] = b"old password";
const NEW: &[u8] = b"new password";

fn mins(n: i64) -> SignedDuration {
    SignedDuration::from_mins(n)
}

/// Three controllers that all know the account with its first password.
fn domain(seed: u64) -> LiveDomain {
    let options = LiveOptions { controllers: 3, ..LiveOptions::new(seed) };
    let mut domain = LiveDomain::new(options, "2026-05-01T08:00:00Z".parse().unwrap());
    domain.add_account(0, "KerbAuth$").unwrap();
    domain.set_spn(0, "kerbauth$", "HTTP/Pool01.contoso.com", true).unwrap();
    domain.set_password(0, "KERBAUTH$", OLD).unwrap();
    domain.advance(mins(16));
    assert!(domain.is_converged());
    domain
}

#[test]
fn a_password_reaches_the_first_controller_at_once_and_the_others_later() {
    let mut domain = domain(1);
    assert_eq!(domain.set_password(1, "KerbAuth$", NEW).unwrap(), 2);
    let versions = |d: &LiveDomain| (0..3).map(|c| d.key_version(c, "KerbAuth$").unwrap()).collect::<Vec<_>>();
    assert_eq!(versions(&domain), [2, 2, 1]);
    assert!(!domain.is_converged());
    domain.advance(mins(16));
    assert_eq!(versions(&domain), [2, 2, 2]);
    let keys = domain.keys(2, "KerbAuth$").unwrap();
    assert!(keys[0].is_of(NEW) && keys[1].is_of(OLD) && keys.len() == 2);
}

#[test]
fn the_previous_password_is_good_for_ntlm_for_an_hour_and_never_for_kerberos() {
    let mut domain = domain(2);
    let before = domain.ticket(2, SPN).unwrap();
    domain.set_password(0, "KerbAuth$", NEW).unwrap();
    // a controller that has not heard of it yet still issues tickets of the old key
    assert_eq!(domain.ticket(2, SPN).unwrap().key_version(), 1);
    let after = domain.ticket(0, SPN).unwrap();
    assert_eq!((before.key_version(), after.key_version()), (1, 2));

    assert_eq!(domain.ntlm(0, "KerbAuth$", OLD).unwrap(), Ntlm::Previous);
    assert_eq!(domain.ntlm(0, "KerbAuth$", NEW).unwrap(), Ntlm::Current);
    assert_eq!(domain.ntlm(2, "KerbAuth$", NEW).unwrap(), Ntlm::Current, "it asks the first controller");
    assert_eq!(domain.ntlm(2, "KerbAuth$", b"neither").unwrap(), Ntlm::Refused);

    assert_eq!(domain.present(&before, &[NEW]), Accepted::Modified);
    assert_eq!(domain.present(&before, &[OLD]), Accepted::Yes);
    assert_eq!(domain.present(&after, &[OLD]), Accepted::Modified);
    assert_eq!(domain.present(&before, &[OLD, NEW]), Accepted::Yes);

    domain.advance(mins(60));
    assert_eq!(domain.ntlm(0, "KerbAuth$", OLD).unwrap(), Ntlm::Refused);
    domain.advance(SignedDuration::from_hours(10));
    assert_eq!(domain.present(&before, &[OLD]), Accepted::Expired);
}

#[test]
fn tickets_are_refused_with_the_reason_that_a_client_gets() {
    let mut domain = domain(3);
    assert_eq!(domain.ticket(0, "http/other"), Err(LiveError::PrincipalUnknown("http/other".into())));
    domain.add_account(0, "FE01$").unwrap();
    assert_eq!(
        domain.set_spn(0, "nobody", SPN, true).unwrap_err().to_string(),
        "dc01 knows no account 'nobody': add it, or let the clock go on until it is replicated"
    );
    domain.set_spn(0, "FE01$", SPN, true).unwrap();
    assert_eq!(domain.ticket(0, SPN), Err(LiveError::PrincipalNotUnique(SPN.into())));
    domain.set_spn(0, "KerbAuth$", SPN, false).unwrap();
    assert_eq!(domain.ticket(0, SPN), Err(LiveError::NoKey("fe01$".into())));
    domain.set_disabled(0, "FE01$", true).unwrap();
    assert_eq!(domain.ticket(0, SPN), Err(LiveError::Disabled("fe01$".into())));
    assert_eq!(domain.ticket(9, SPN), Err(LiveError::NoController(9)));
}

#[test]
fn groups_nest_and_may_hold_each_other() {
    let mut domain = domain(4);
    for (group, member) in [("Admins", "Operators"), ("Operators", "olivia"), ("Operators", "Admins")] {
        domain.set_member(0, group, member, true).unwrap();
    }
    assert!(domain.is_member(0, "ADMINS", "Olivia").unwrap());
    assert!(!domain.is_member(0, "admins", "oscar").unwrap());
    assert!(!domain.is_member(1, "admins", "olivia").unwrap(), "not replicated yet");
    domain.advance(mins(16));
    assert!(domain.is_member(1, "admins", "olivia").unwrap());
    domain.set_member(1, "Operators", "olivia", false).unwrap();
    assert!(!domain.is_member(1, "admins", "olivia").unwrap() && domain.is_member(0, "admins", "olivia").unwrap());
}

#[test]
fn only_tags_are_remembered_and_no_more_than_the_history() {
    let mut domain = domain(5);
    for n in 0..30 {
        domain.set_password(0, "KerbAuth$", format!("password {n}").as_bytes()).unwrap();
    }
    assert_eq!(domain.keys(0, "KerbAuth$").unwrap().len(), 24);
    assert!(!format!("{domain:?}").contains("password 29"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Whatever is set where and when, all controllers come to agree, and equal seeds give equal lives.
    #[test]
    fn controllers_come_to_agree(seed: u64, steps in prop::collection::vec((0usize..3, 0i64..20), 1..8)) {
        let mut lives = [domain(seed), domain(seed)];
        for life in &mut lives {
            for (n, (controller, wait)) in steps.iter().enumerate() {
                life.set_password(*controller, "KerbAuth$", format!("p{n}").as_bytes()).unwrap();
                life.advance(mins(*wait));
            }
        }
        let [mut life, other] = lives;
        for c in 0..3 {
            prop_assert_eq!(life.keys(c, "KerbAuth$").unwrap(), other.keys(c, "KerbAuth$").unwrap());
        }
        while !life.is_converged() {
            life.advance(mins(15));
        }
        let first = life.keys(0, "KerbAuth$").unwrap().to_vec();
        for c in 1..3 {
            prop_assert_eq!(life.keys(c, "KerbAuth$").unwrap(), first.as_slice());
        }
        let versions: Vec<u32> = first.iter().map(|k| k.version).collect();
        prop_assert!(versions.windows(2).all(|w| w[0] > w[1]));
    }
}
