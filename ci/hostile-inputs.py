#!/usr/bin/env python3
"""Makes hostile inputs below the folder DIR, one folder for each. Everything is made up here; nothing is downloaded or copied."""
import io, json, os, socket, sys, zipfile

root = sys.argv[1]


def put(name, file, content):
    path = os.path.join(root, name, file)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as out:
        out.write(content.encode() if isinstance(content, str) else content)


def packed(members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return out.getvalue()


def clixml(body):
    return '<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">' + body + "</Objs>"


TOPOLOGY = "<Topology/>"
put("json-long-name", "a.json", json.dumps({"n" * 100_000: [{"a": i} for i in range(10_000)]}))
put("json-wide", "a.json", "[" + ",".join('{"a":%d}' % i for i in range(1_500_000)) + "]")
put("json-deep", "a.json", "[" * 200_000)
put("csv-long-name", "a.csv", '"Identity","' + "n" * 100_000 + '"\n' + "a,b\n" * 10_000)
put("csv-wide", "a.csv", "Identity," + ",".join("c%d" % i for i in range(4000)) + "\n" + ("," * 4000 + "\n") * 4000)
types = "".join("<T>Type%d</T>" % i for i in range(4000))
put("clixml-types", "a.xml", clixml('<Obj RefId="0"><TN RefId="0">%s</TN></Obj>' % types + "".join(
    '<Obj RefId="%d"><TNRef RefId="0"/><MS><S N="Identity">x</S></MS></Obj>' % i for i in range(1, 4001))))
text = "t" * (4 << 20)
put("clixml-references", "a.xml", clixml('<Obj RefId="0"><MS><S N="Text">%s</S></MS></Obj>' % text + '<Obj RefId="1"><MS>' + "".join(
    '<Ref N="p%d" RefId="0"/>' % i for i in range(400)) + "</MS></Obj>"))
put("clixml-doubling", "a.xml", clixml("".join(
    '<Obj RefId="%d"><MS><Ref N="a" RefId="%d"/><Ref N="b" RefId="%d"/></MS></Obj>' % (i, i - 1, i - 1) if i else '<Obj RefId="0"><MS><S N="a">x</S></MS></Obj>'
    for i in range(64))))
nested = packed([("f%d.xml" % i, TOPOLOGY) for i in range(60)])
for level in range(2):
    nested = packed([("a%d.zip" % i, nested) for i in range(60)])
put("zip-nested", "a.zip", nested)
put("zip-large-text", "a.zip", packed([("a.txt", b"caf\xe9 " * (80 << 20))]))
put("zip-large-members", "a.zip", packed([("%d.xml" % i, "<a>" + " " * (64 << 20) + "</a>") for i in range(4)]))
twice = packed([("topology/a.xml", "<good/>"), ("topology/b.xml", "<decoy/>")])
put("zip-twice", "a.zip", twice.replace(b"topology/b.xml", b"topology/a.xml"))
put("zip-names", "a.zip", packed([("../evil", "x"), ("C:\\x", "x"), ("NUL", "x"), ("a:b", "x"), ("good.xml", TOPOLOGY)]))
name = "E" * 60_000
put("log-long-name", "a.xml", '<CsMgmtLog Name="Enable-CsTopology"><%s>' % name + "".join(
    '<Error Time="2026-11-23 00:00:05Z">e%d</Error>' % i for i in range(2000)) + "</%s></CsMgmtLog>" % name)
put("many-elements", "a.xml", "<Topology>" + "<a/>" * 10_000_000 + "</Topology>")
put("many-attributes", "a.xml", "<Topology " + " ".join('a%d=""' % i for i in range(400)) + "/>")
pools = "".join('<add name="p%d"><processModel identityType="SpecificUser" userName="CONTOSO\\u%d" password="x"/></add>' % (i, i) for i in range(20_000))
sites = "".join('<site name="s%d" id="%d"><application path="/" applicationPool="p%d"/></site>' % (i, i + 1, i) for i in range(20_000))
put("many-pools", "servers/fe01.contoso.com/applicationHost.config",
    "<configuration><system.applicationHost><applicationPools>%s</applicationPools><sites>%s</sites></system.applicationHost></configuration>" % (pools, sites))
put("many-slots", "servers/fe01.contoso.com/applicationHost.config", "<configuration><system.webServer><contoso>%s</contoso></system.webServer></configuration>"
    % "".join('<add userName="CONTOSO\\u%d" password="x"/>' % i for i in range(200_000)))
slots = "<configuration><system.webServer><contoso>%s</contoso></system.webServer></configuration>" % "".join(
    '<add userName="C\\u%d" password="x"/>' % i for i in range(2000))
put("many-servers", "a.zip", packed([("servers/h%d.contoso.com/applicationHost.config" % i,
    "<configuration><system.applicationHost><sites/></system.applicationHost></configuration>") for i in range(60_000)]))
put("many-slots-of-many", "a.zip", packed([("servers/h%d.contoso.com/applicationHost.config" % i, slots) for i in range(400)]))
assigned = [("Site:S%d" % i, "CONTOSO\\a%d" % i) for i in range(200_000)]
put("many-assignments-json", "a.json", json.dumps([{"Identity": site, "UserAccount": account} for site, account in assigned]))
put("many-assignments-csv", "a.csv", '"Identity","UserAccount"\r\n' + "".join('"%s","%s"\r\n' % pair for pair in assigned))
put("many-sites", "a.xml", '<Topology xmlns="urn:schema:Microsoft.Rtc.Management.Deploy.Topology.2008" Signature="a"><Sites>%s</Sites><Clusters/><Services/></Topology>'
    % "".join('<CentralSite SiteId="%d"><Name>S%d</Name></CentralSite>' % (i, i) for i in range(200_000)))
put("many-machines", "a.xml", '<Topology xmlns="urn:schema:Microsoft.Rtc.Management.Deploy.Topology.2008"><Sites/><Clusters><Cluster Fqdn="p.contoso.com"><ClusterId SiteId="1" Number="1"/>%s</Cluster></Clusters><Services/></Topology>'
    % "".join('<Machine OrdinalInCluster="%d" Fqdn="m%d.contoso.com"/>' % (i, i) for i in range(400_000)))
put("numbers-json", "a.json", '{"findings":[%s]}' % ",".join('{"id":%d}' % i for i in range(4_000_000)))
put("utf-16", "a.xml", b"\xff\xfe" + ("<a>" + "\u20ac" * (20 << 20) + "</a>").encode("utf-16-le"))
put("ldif-wide", "a.ldf", "dn: CN=a,DC=b\nobjectClass: computer\n" + "".join("servicePrincipalName: http/h%d\n" % i for i in range(600_000)))
put("steering", "a\u202e\u200b.xml", "<Topology/>")
put("settings", "kerbsync.toml", '[[slots]]\nsection = "a/b"\naccount = "u"\nsecret = "not a name"\n')

put("settings-long", "kerbsync.toml", "a=[" + "[]," * 5_000_000 + "]")

put("special", "good.xml", TOPOLOGY)
special = os.path.join(root, "special")
os.mkfifo(os.path.join(special, "fifo"))
os.symlink("/dev/zero", os.path.join(special, "zero"))
os.symlink("/proc/self/maps", os.path.join(special, "maps"))
os.symlink("nowhere", os.path.join(special, "dangling.xml"))
here = os.getcwd()
os.chdir(special)
socket.socket(socket.AF_UNIX).bind("socket")
os.chdir(here)
put("work-folder", "good.xml", TOPOLOGY)
os.makedirs(os.path.join(root, "work-folder/.kerbsync"))
os.symlink("/dev/zero", os.path.join(root, "work-folder/.kerbsync/lock"))
