//! Every refusal as the user reads it, and what is accepted.

use super::estate::{estate, pool, topology};
use crate::resolve::{ResolveNote, check_account, resolve};
use crate::{Inventory, PoolKind};

fn refused(name: &str) -> String {
    resolve(&estate(), name).expect_err(name).to_string()
}

#[test]
fn servers_are_accepted() {
    for (name, computer, pool, site, notes) in [
        ("fe01.contoso.com", "fe01.contoso.com", "pool01.contoso.com", "Redmond", vec![]),
        ("fe02.CONTOSO.com", "FE02.contoso.com", "pool01.contoso.com", "Redmond", vec![]),
        ("dir01.contoso.com.", "dir01.contoso.com", "dirpool.contoso.com", "Redmond", vec![ResolveNote::TrailingDot]),
        (" fe11.contoso.com ", "fe11.contoso.com", "pool02.contoso.com", "Dublin", vec![ResolveNote::Blanks]),
        ("se01.contoso.com", "se01.contoso.com", "se01.contoso.com", "Redmond", vec![ResolveNote::SameNameAsPool]),
        (
            "br01.contoso.com",
            "br01.contoso.com",
            "br01.contoso.com",
            "Portland",
            vec![ResolveNote::SameNameAsPool, ResolveNote::BranchSite],
        ),
    ] {
        let got = resolve(&estate(), name).expect(name);
        assert_eq!((got.computer.as_str(), got.pool.as_str(), got.site_name.as_deref(), got.notes), (computer, pool, Some(site), notes));
    }
    let mut inventory = estate();
    inventory.pools.push(pool("2:9", "fe01.contoso.com", PoolKind::Other, false, &[]));
    assert_eq!(resolve(&inventory, "fe01.contoso.com").unwrap().notes, [ResolveNote::SameNameAsOtherPool]);
}

#[test]
fn n01_single_labels() {
    insta::assert_snapshot!(refused("FE02"), @r"
    N01: 'FE02' is a single label (a NetBIOS name); a server is named by its fully qualified domain name.
    Use instead:
      FE02.contoso.com
    ");
    insta::assert_snapshot!(refused("pool02"), @r"
    N01: 'pool02' is a single label (a NetBIOS name); a server is named by its fully qualified domain name.
    Use instead:
      fe11.contoso.com
      fe12.contoso.com
    ");
    insta::assert_snapshot!(refused("fe13"), @r"
    N01: 'fe13' is a single label (a NetBIOS name); a server is named by its fully qualified domain name.
    Use instead:
      fe11.contoso.com
      fe12.contoso.com
    ");
    insta::assert_snapshot!(refused("nothing-like-it"), @r"
    N01: 'nothing-like-it' is a single label (a NetBIOS name); a server is named by its fully qualified domain name.
    Use instead:
      br01.contoso.com
      dir01.contoso.com
      fe01.contoso.com
      FE02.contoso.com
      fe11.contoso.com
      fe12.contoso.com
      se01.contoso.com
    ");
}

#[test]
fn n02_and_n03_pools() {
    insta::assert_snapshot!(refused("pool01.contoso.com"), @r"
    N02: pool01.contoso.com is a pool of 2 computers, not a server.
    Use instead:
      fe01.contoso.com
      FE02.contoso.com
    ");
    insta::assert_snapshot!(refused("DirPool.contoso.com."), @r"
    N03: DirPool.contoso.com is a pool, not a server: its only computer is dir01.contoso.com, which has another name.
    Use instead:
      dir01.contoso.com
    ");
    let mut inventory = estate();
    inventory.pools.push(pool("2:9", "empty.contoso.com", PoolKind::Enterprise, true, &[]));
    insta::assert_snapshot!(resolve(&inventory, "empty.contoso.com").unwrap_err(), @r"
    N02: empty.contoso.com is a pool without computers, not a server.
    Use instead:
      a computer of another pool: the topology lists none here
    ");
}

#[test]
fn n05_lists_and_wildcards() {
    insta::assert_snapshot!(refused("fe01.contoso.com,fe02.contoso.com"), @r"
    N05: This is a list of 2 names; one server is named at a time.
    Use instead:
      fe01.contoso.com, alone
      fe02.contoso.com, alone
    ");
    insta::assert_snapshot!(refused("fe0?.contoso.*"), @r"
    N05: Wildcards are not accepted; one server is named at a time.
    Use instead:
      fe01.contoso.com
      FE02.contoso.com
    ");
    insta::assert_snapshot!(refused(";"), @r"
    N05: This is a list without a name.
    Use instead:
      the server's fully qualified domain name, such as fe01.contoso.com
    ");
}

#[test]
fn n06_syntax() {
    insta::assert_snapshot!(refused("10.0.0.5"), @r"
    N06: This is an IP address: give the server's FQDN.
    Use instead:
      the server's fully qualified domain name, such as fe01.contoso.com
    ");
    insta::assert_snapshot!(refused("fe_01..contoso.com"), @r"
    N06: The character '_' is not allowed in a host name: give the server's FQDN, of letters, digits, hyphens and dots.
    Use instead:
      fe01.contoso.com
    ");
    insta::assert_snapshot!(refused(""), @r"
    N06: The name is empty: give the server's FQDN, such as fe01.contoso.com.
    Use instead:
      the server's fully qualified domain name, such as fe01.contoso.com
    ");
    for text in ["https://fe02.contoso.com/meet", "FE02.contoso.com:443", "\\\\fe02.contoso.com\\c$", "CONTOSO\\fe02"] {
        assert!(refused(text).ends_with("\n  FE02.contoso.com"), "{}", refused(text));
    }
    insta::assert_snapshot!(refused("FE-01-.contoso.com"), @r"
    N06: A label begins or ends with a hyphen: give the server's FQDN as DNS knows it.
    Use instead:
      fe01.contoso.com
    ");
}

#[test]
fn n07_unknown_names() {
    insta::assert_snapshot!(refused("ef01.contoso.com"), @r"
    N07: ef01.contoso.com is not a computer of the topology.
    Use instead:
      fe01.contoso.com
    ");
    insta::assert_snapshot!(refused("fe01.fabrikam.com"), @r"
    N07: fe01.fabrikam.com is not a computer of the topology.
    Use instead:
      fe01.contoso.com
    ");
    insta::assert_snapshot!(refused("mail.fabrikam.com"), @r"
    N07: mail.fabrikam.com is not a computer of the topology.
    Use instead:
      br01.contoso.com
      dir01.contoso.com
      fe01.contoso.com
      FE02.contoso.com
      fe11.contoso.com
      fe12.contoso.com
      se01.contoso.com
    ");
    let mut inventory = estate();
    inventory.topologies = vec![topology(false)];
    insta::assert_snapshot!(resolve(&inventory, "fe03.contoso.com").unwrap_err(), @r"
    N07: fe03.contoso.com is not a computer of the inputs, which hold only a part of the topology.
    Use instead:
      fe01.contoso.com
      FE02.contoso.com
    ");
    insta::assert_snapshot!(resolve(&Inventory::default(), "fe01.contoso.com").unwrap_err(), @r"
    N07: There is no topology to look up fe01.contoso.com in.
    Use instead:
      --topology with the file that this writes: (Get-CsTopology -AsXml).ToString() > topology.xml
    ");
    inventory.pools.retain(|p| !p.web_services);
    insta::assert_snapshot!(resolve(&inventory, "fe01.contoso.com").unwrap_err(), @r"
    N07: fe01.contoso.com is not a computer of the inputs, which hold only a part of the topology.
    Use instead:
      another topology document: this one lists no server with Web Services
    ");
}

#[test]
fn q7_two_pools() {
    insta::assert_snapshot!(refused("twice.contoso.com"), @r"
    N07: twice.contoso.com stands in 2 pools: dup.contoso.com (site Redmond), dup2.contoso.com (site Dublin); its site is not clear.
    Use instead:
      a topology in which the computer stands in one pool: correct it in Topology Builder, publish it and export it again
    ");
}

#[test]
fn n08_no_web_services() {
    insta::assert_snapshot!(refused("edgepool.contoso.com"), @r"
    N08: edgepool.contoso.com is an Edge pool: it runs no Web Services and never holds the Kerberos account.
    Use instead:
      dir01.contoso.com
      fe01.contoso.com
      FE02.contoso.com
      se01.contoso.com
    ");
    insta::assert_snapshot!(refused("edge01.contoso.com"), @r"
    N08: edge01.contoso.com belongs to edgepool.contoso.com, an Edge pool: it runs no Web Services and never holds the Kerberos account.
    Use instead:
      dir01.contoso.com
      fe01.contoso.com
      FE02.contoso.com
      se01.contoso.com
    ");
    insta::assert_snapshot!(refused("sql01.contoso.com"), @r"
    N08: sql01.contoso.com is a SQL Server: it runs no Web Services and never holds the Kerberos account.
    Use instead:
      dir01.contoso.com
      fe01.contoso.com
      FE02.contoso.com
      se01.contoso.com
    ");
    insta::assert_snapshot!(refused("wac01.contoso.com"), @r"
    N08: wac01.contoso.com belongs to wacpool.contoso.com, an Office Web Apps farm: it runs no Web Services and never holds the Kerberos account.
    Use instead:
      dir01.contoso.com
      fe01.contoso.com
      FE02.contoso.com
      se01.contoso.com
    ");
    insta::assert_snapshot!(refused("contoso-wac2"), @r"
    N08: contoso-wac2 belongs to wacpool.contoso.com, an Office Web Apps farm: it runs no Web Services and never holds the Kerberos account.
    Use instead:
      dir01.contoso.com
      fe01.contoso.com
      FE02.contoso.com
      se01.contoso.com
    ");
    insta::assert_snapshot!(refused("med01.contoso.com"), @r"
    N08: med01.contoso.com belongs to medpool.contoso.com, a Mediation pool: it runs no Web Services and never holds the Kerberos account.
    Use instead:
      dir01.contoso.com
      fe01.contoso.com
      FE02.contoso.com
      se01.contoso.com
    ");
    insta::assert_snapshot!(refused("sba01.contoso.com"), @r"
    N08: sba01.contoso.com is a Survivable Branch Appliance or Server: it runs no Web Services and never holds the Kerberos account.
    Use instead:
      br01.contoso.com
    ");
}

#[test]
fn n09_web_names() {
    insta::assert_snapshot!(refused("webservices.contoso.local"), @r"
    N09: webservices.contoso.local is the internal web FQDN of the pool pool01.contoso.com, not a server.
    Use instead:
      fe01.contoso.com
      FE02.contoso.com
    ");
    insta::assert_snapshot!(refused("web.contoso.com"), @r"
    N09: web.contoso.com is the external web FQDN of the pools pool01.contoso.com, pool02.contoso.com, not a server.
    Use instead:
      fe01.contoso.com
      FE02.contoso.com
      fe11.contoso.com
      fe12.contoso.com
    ");
    insta::assert_snapshot!(refused("meet.contoso.com"), @r"
    N09: meet.contoso.com is the host of a simple URL, not a server; DNS decides which pool answers for it.
    Use instead:
      br01.contoso.com
      dir01.contoso.com
      fe01.contoso.com
      FE02.contoso.com
      fe11.contoso.com
      fe12.contoso.com
      se01.contoso.com
    ");
    insta::assert_snapshot!(refused("lyncdiscoverinternal.contoso.com"), @r"
    N09: lyncdiscoverinternal.contoso.com is an autodiscover name, not a server; DNS decides which pool answers for it.
    Use instead:
      br01.contoso.com
      dir01.contoso.com
      fe01.contoso.com
      FE02.contoso.com
      fe11.contoso.com
      fe12.contoso.com
      se01.contoso.com
    ");
    let mut inventory = estate();
    inventory.pools.truncate(1);
    insta::assert_snapshot!(resolve(&inventory, "meet.contoso.com").unwrap_err(), @r"
    N09: meet.contoso.com is the host of a simple URL of the pool pool01.contoso.com, not a server.
    Use instead:
      fe01.contoso.com
      FE02.contoso.com
    ");
}

#[test]
fn n13_to_n16_accounts() {
    let refused = |text: &str| check_account(text).expect_err(text).to_string();
    insta::assert_snapshot!(refused("KerbAuth@contoso.com"), @r"
    N13: User principal names are not supported here: give the account as DOMAIN\name.
    Use instead:
      CONTOSO\KerbAuth, if CONTOSO is the NetBIOS name of contoso.com
    ");
    insta::assert_snapshot!(refused("KerbAuth"), @r"
    N13: The domain is missing: give the account as DOMAIN\name.
    Use instead:
      DOMAIN\KerbAuth, with the NetBIOS name of its domain
    ");
    insta::assert_snapshot!(refused("CN=KerbAuth,OU=Service,DC=contoso,DC=com"), @r"
    N13: This is a distinguished name: give the account as DOMAIN\name.
    Use instead:
      CONTOSO\KerbAuth, if these are the NetBIOS name of the domain and the sAMAccountName
    ");
    insta::assert_snapshot!(refused("contoso\\KerberosWebAuth01"), @r"
    N14: The account name 'KerberosWebAuth01' has 17 characters; the product's cmdlets take a NetBIOS name of at most 15.
    Use instead:
      an account whose name has at most 15 characters: New-CsKerberosAccount -UserAccount DOMAIN\name
    ");
    insta::assert_snapshot!(refused(""), @r"
    N13: The account name is empty: give it as DOMAIN\name.
    Use instead:
      DOMAIN\name, such as CONTOSO\KerbAuth
    ");
    insta::assert_snapshot!(refused("contoso\\a\\b"), @r"
    N13: Expected one backslash between a domain and a name: DOMAIN\name.
    Use instead:
      DOMAIN\name, such as CONTOSO\KerbAuth
    ");
    for good in ["contoso\\KerbAuth", "contoso\\KerbAuth$", "contoso.com\\KerbAuth", "Contoso\\kerberostest"] {
        check_account(good).expect(good);
    }
}
