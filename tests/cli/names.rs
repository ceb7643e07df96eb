//! `resolve`: exit 0 or 5.

use super::{Shell, json};

#[test]
fn a_server_is_accepted_with_its_pool_and_site() {
    let shell = Shell::with("");
    insta::assert_snapshot!(shell.run("resolve FE01.contoso.com. --topology DIR/topology.xml").transcript(), @r"
    fe01.contoso.com
      pool  pool01.contoso.com (enterprise)
      site  Redmond (site 1)
      note: a trailing dot was dropped
    --- exit 0
    ");
}

#[test]
fn a_pool_is_refused_with_its_members() {
    let shell = Shell::with("");
    insta::assert_snapshot!(shell.run("resolve pool01.contoso.com --topology DIR").transcript(), @r"
    refused[N02]: pool01.contoso.com is a pool of 3 computers, not a server.
      instead: fe01.contoso.com
      instead: fe02.contoso.com
      instead: fe03.contoso.com
    --- exit 5
    ");
    let answer = json(&shell.run("resolve web.contoso.com --topology DIR --format json"));
    assert_eq!((answer["resolved"].as_bool(), answer["rule"].as_str()), (Some(false), Some("N09")));
}

#[test]
fn without_a_topology_no_name_is_judged() {
    let shell = Shell::empty();
    shell.put("notes.txt", b"hello\n");
    let ran = shell.run("resolve fe01.contoso.com --topology DIR");
    assert_eq!((ran.code, ran.out.as_str()), (3, ""));
    let ran = shell.run("resolve fe01.contoso.com --topology DIR/nowhere");
    assert_eq!((ran.code, ran.out.as_str()), (4, ""));
    assert!(ran.err.starts_with("error: there is nothing at 'DIR/nowhere'\n"), "{}", ran.err);
    shell.put("topology.xml", b"<Topology xmlns=\"urn:schema:Microsoft.Rtc.Management.Deploy.Topology.2008\"><Sites>");
    let ran = shell.run("resolve fe01.contoso.com --topology DIR");
    assert_eq!(ran.code, 4);
    assert!(ran.err.starts_with("error: DIR/topology.xml:1:"), "{}", ran.err);
}
