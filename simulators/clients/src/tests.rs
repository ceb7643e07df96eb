//! What a user sees, case by case and as laws.

use super::*;
use proptest::prelude::*;
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3600);

fn server(holds: Holds) -> Server {
    let providers = Some(vec![Provider::Negotiate, Provider::Ntlm]);
    Server { windows_authentication: Some(true), providers, key: Key::Account, holds }
}

/// The password was changed two hours ago.
const SERVICE: Service =
    Service { current: 5, previous: Some(4), changed: Some(Duration::from_secs(7200)), spn: Spn::Account, account: Account::Usable };

fn seen(server: &Server, service: &Service, client: &Client) -> SignIn {
    sign_in(server, service, client).outcome
}

#[test]
fn by_what_the_server_holds_and_the_age_of_the_ticket() {
    use SignIn::{Kerberos, StaleKey, Unknown};
    let (fresh, young, old) = (Client::fresh(), Client::with_ticket(HOUR), Client::with_ticket(3 * HOUR));
    let expired = Client::with_ticket(11 * HOUR);
    for (holds, expected) in [
        (Holds::Versions(vec![5]), [Kerberos, Kerberos, StaleKey, Kerberos]),
        (Holds::Versions(vec![4]), [StaleKey, StaleKey, Kerberos, StaleKey]),
        (Holds::Versions(vec![5, 4]), [Kerberos; 4]),
        (Holds::Versions(vec![3]), [StaleKey; 4]),
        (Holds::NotCurrent, [StaleKey, StaleKey, Unknown, StaleKey]),
        (Holds::AnotherAccount, [StaleKey; 4]),
        (Holds::Nothing, [StaleKey; 4]),
        (Holds::Unknown("its keys were not exported".into()), [Unknown; 4]),
    ] {
        let server = server(holds);
        assert_eq!([fresh, young, old, expired].map(|c| seen(&server, &SERVICE, &c)), expected, "{:?}", server.holds);
    }
}

#[test]
fn by_what_is_offered() {
    let offer = |providers: &[Provider]| {
        let server = Server { providers: Some(providers.to_vec()), ..server(Holds::Versions(vec![5])) };
        (seen(&server, &SERVICE, &Client::fresh()), seen(&server, &SERVICE, &Client { ntlm: false, ..Client::fresh() }))
    };
    use SignIn::{Kerberos, Ntlm, Refused};
    assert_eq!(offer(&[Provider::Negotiate, Provider::Ntlm]), (Kerberos, Kerberos));
    assert_eq!(offer(&[Provider::Ntlm, Provider::Negotiate]), (Ntlm, Kerberos));
    assert_eq!(offer(&[Provider::Ntlm]), (Ntlm, Refused));
    assert_eq!(offer(&[Provider::of("basic")]), (Refused, Refused));
    assert_eq!(offer(&[]), (Refused, Refused));
    let off = Server { windows_authentication: Some(false), ..server(Holds::Versions(vec![5])) };
    assert_eq!(seen(&off, &SERVICE, &Client::fresh()), Refused);
    let kernel = Server { key: Key::Machine, ..server(Holds::Versions(vec![5])) };
    assert_eq!(seen(&kernel, &SERVICE, &Client::fresh()), SignIn::StaleKey);
}

#[test]
fn by_what_the_directory_knows() {
    let server = server(Holds::Versions(vec![5]));
    let with = |spn, account| seen(&server, &Service { spn, account, ..SERVICE }, &Client::fresh());
    assert_eq!(with(Spn::Nobody, Account::Usable), SignIn::Ntlm);
    assert_eq!(with(Spn::Account, Account::Disabled), SignIn::Refused);
    for (spn, account) in [(Spn::Another, Account::Usable), (Spn::Several, Account::Usable), (Spn::Unknown, Account::Usable)] {
        assert_eq!(with(spn, account), SignIn::Unknown);
    }
    assert_eq!(with(Spn::Account, Account::Unknown), SignIn::Unknown);
    let kerberos_only = Server { providers: Some(vec![Provider::of("Negotiate:Kerberos")]), ..server.clone() };
    assert_eq!(seen(&kerberos_only, &Service { spn: Spn::Nobody, ..SERVICE }, &Client::fresh()), SignIn::Refused);
    // whoever has a ticket keeps it though the account was disabled meanwhile
    let disabled = Service { account: Account::Disabled, ..SERVICE };
    assert_eq!(seen(&server, &disabled, &Client::with_ticket(HOUR)), SignIn::Kerberos);
}

#[test]
fn over_the_life_of_a_ticket() {
    let ages = (0..=12).map(|h| h * HOUR);
    let rows: Vec<_> =
        over_time(&server(Holds::Versions(vec![5])), &SERVICE, ages).into_iter().map(|(a, o)| (a.as_secs() / 3600, o.outcome)).collect();
    assert_eq!(rows, [(0, SignIn::Kerberos), (3, SignIn::StaleKey), (10, SignIn::Kerberos)]);
}

fn any_server() -> impl Strategy<Value = Server> {
    let provider = prop_oneof![Just(Provider::Negotiate), Just(Provider::NegotiateKerberos), Just(Provider::Ntlm), Just(Provider::Other)];
    let holds = prop_oneof![
        prop::collection::vec(1u32..7, 0..3).prop_map(Holds::Versions),
        Just(Holds::NotCurrent),
        Just(Holds::AnotherAccount),
        Just(Holds::Nothing),
        Just(Holds::Unknown("why".into())),
    ];
    let key = prop_oneof![4 => Just(Key::Account), 1 => Just(Key::Machine), 1 => Just(Key::Unknown("why".into()))];
    let offered = prop::option::weighted(0.9, prop::collection::vec(provider, 0..4));
    (prop::option::weighted(0.9, any::<bool>()), offered, key, holds).prop_map(|(windows_authentication, providers, key, holds)| Server {
        windows_authentication,
        providers,
        key,
        holds,
    })
}

fn any_service() -> impl Strategy<Value = Service> {
    let spn = prop_oneof![Just(Spn::Account), Just(Spn::Nobody), Just(Spn::Another), Just(Spn::Several), Just(Spn::Unknown)];
    let account = prop_oneof![Just(Account::Usable), Just(Account::Disabled), Just(Account::Unknown)];
    (2u32..6, prop::option::of(0u64..20), any::<bool>(), spn, account).prop_map(|(current, changed, before, spn, account)| Service {
        current,
        previous: before.then(|| current - 1),
        changed: changed.map(|h| u32::try_from(h).unwrap() * HOUR),
        spn,
        account,
    })
}

fn any_client() -> impl Strategy<Value = Client> {
    (prop::option::of(0u32..14), any::<bool>()).prop_map(|(age, ntlm)| Client {
        ticket_age: age.map(|h| h * HOUR),
        ntlm,
        lifetime: Client::LIFETIME,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    /// A server that holds the current password and offers Negotiate first takes every client whose ticket was issued after the change.
    #[test]
    fn in_sync_is_good_for_fresh_tickets(changed in 0u32..20, age in prop::option::of(0u32..20), ntlm: bool, kerberos_only: bool) {
        let first = if kerberos_only { Provider::NegotiateKerberos } else { Provider::Negotiate };
        let server = Server { providers: Some(vec![first, Provider::Ntlm]), ..server(Holds::Versions(vec![5])) };
        let service = Service { changed: Some(changed * HOUR), ..SERVICE };
        let client = Client { ticket_age: age.map(|a| a.min(changed) * HOUR), ntlm, ..Client::fresh() };
        prop_assert_eq!(seen(&server, &service, &client), SignIn::Kerberos);
    }

    /// A living ticket from before the change is refused by a server that has the new key alone, and taken by one that kept the old one.
    #[test]
    fn an_old_ticket_needs_the_old_key(changed in 0u32..9, more in 1u32..9) {
        let age = (changed + more).min(9).max(changed + 1);
        prop_assume!(age < 10);
        let service = Service { changed: Some(changed * HOUR), ..SERVICE };
        let client = Client::with_ticket(age * HOUR);
        prop_assert_eq!(seen(&server(Holds::Versions(vec![5])), &service, &client), SignIn::StaleKey);
        prop_assert_eq!(seen(&server(Holds::Versions(vec![5, 4])), &service, &client), SignIn::Kerberos);
    }

    /// Kerberos needs Negotiate, and a server that offers nothing signs in nobody.
    #[test]
    fn nothing_is_better_without_negotiate(server in any_server(), service in any_service(), client in any_client()) {
        let with = seen(&server, &service, &client);
        let without = server.providers.as_ref().map(|p| p.iter().copied().filter(|p| !matches!(p, Provider::Negotiate | Provider::NegotiateKerberos)).collect());
        let without = Server { providers: without, ..server.clone() };
        prop_assert_ne!(seen(&without, &service, &client), SignIn::Kerberos);
        if with == SignIn::Kerberos {
            prop_assert!(seen(&without, &service, &client) > with);
        }
        let nothing = Server { providers: Some(Vec::new()), ..server };
        prop_assert_ne!(seen(&nothing, &service, &client).signed_in(), Some(true));
    }

    /// Whether a client may use NTLM changes nothing where it signs in with Kerberos by Negotiate first; taking NTLM away never lets anybody in.
    #[test]
    fn taking_ntlm_away_lets_nobody_in_by_ntlm(server in any_server(), service in any_service(), client in any_client()) {
        let client = Client { ntlm: false, ..client };
        prop_assert_ne!(seen(&server, &service, &client), SignIn::Ntlm);
    }

    /// Kerberos means that the server holds a key that the directory had.
    #[test]
    fn kerberos_is_never_claimed_without_a_key(server in any_server(), service in any_service(), client in any_client()) {
        if seen(&server, &service, &client) == SignIn::Kerberos {
            let known = [Some(service.current), service.previous];
            prop_assert!(matches!(&server.holds, Holds::Versions(held) if held.iter().any(|v| known.contains(&Some(*v)))));
        }
    }
}
