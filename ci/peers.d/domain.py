"""A domain of Samba in a private network: a controller, and one file server that stands for every server by the address it is called at."""

import base64
import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

REALM, NETBIOS, DNS, BASE = "CONTOSO.COM", "CONTOSO", "contoso.com", "DC=contoso,DC=com"
CONTROLLER = "127.0.0.10"
# Passwords of a domain that lives for a minute.
ADMIN, OPERATOR, ACCOUNT = "Peer-Admin.2026", "Peer-Operator.1", "Peer-Account.1"
# FullControl for the system and administrators, change for the group of the product's administrators. In numbers: Samba's word for
# FullControl lacks the right to delete and others. (Its controller takes the administrator for root and looks at no list; a member does.)
DESCRIPTOR = "O:BAG:BAD:PAI(A;OICI;0x1f01ff;;;SY)(A;OICI;0x1f01ff;;;BA)(A;OICI;0x1301bf;;;{group})"


def call(*command, **options):
    """Runs a command quietly; its output is in the error where it fails."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)
    if done.returncode:
        raise SystemExit(f"{command[0]} failed ({done.returncode}):\n{done.stdout}")
    return done.stdout


def places(at):
    """Lines of smb.conf: everything that a controller keeps lies below one folder."""
    return f""" private dir = {at}/private
 lock directory = {at}/lock
 state directory = {at}/state
 cache directory = {at}/cache
 pid directory = {at}/run
 ncalrpc dir = {at}/ncalrpc
 binddns dir = {at}/bind
 ntp signd socket directory = {at}/ntp
 log file = {at}/log/%m.log
 logging = file
"""


class Domain:
    """`hosts` is name -> address; the account holds the names of `services`."""

    def __init__(self, folder, hosts, account, services):
        self.folder, self.hosts, self.account, self.services = Path(folder), hosts, account, services
        for part in ("etc", "private", "lock", "state", "cache", "run", "ncalrpc", "bind", "ntp", "log", "tls", "hosts"):
            (self.folder / part).mkdir(parents=True, exist_ok=True)
        (self.folder / "ntp").chmod(0o750)

    @property
    def conf(self):
        return self.folder / "etc/smb.conf"

    @property
    def authority(self):
        return self.folder / "tls/ca.crt"

    def drive(self, host):
        return self.folder / "hosts" / self.hosts[host] / "C"

    def environment(self):
        return dict(os.environ, KRB5_CONFIG=str(self.folder / "etc/krb5.conf"), TDB_NO_FSYNC="1")

    def network(self):
        """Own loopback, own names."""
        call("ip", "link", "set", "lo", "up")
        names = [f"127.0.0.1 localhost\n{CONTROLLER} dc01.{DNS} dc01 {DNS}\n"]
        names += [f"{address} {host}.{DNS} {host}\n" for host, address in self.hosts.items()]
        (self.folder / "etc/hosts").write_text("".join(names))
        (self.folder / "etc/resolv.conf").write_text(f"nameserver {CONTROLLER}\n")
        os.makedirs("/run/samba", exist_ok=True)
        call("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", "/run/samba")
        for name in ("hosts", "resolv.conf"):
            call("mount", "--bind", str(self.folder / "etc" / name), f"/etc/{name}")
        (self.folder / "etc/krb5.conf").write_text(
            f"[libdefaults]\n default_realm = {REALM}\n dns_lookup_kdc = false\n dns_lookup_realm = false\n rdns = false\n"
            f" dns_canonicalize_hostname = false\n forwardable = true\n udp_preference_limit = 1\n"
            f"[realms]\n {REALM} = {{\n  kdc = {CONTROLLER}\n  admin_server = {CONTROLLER}\n }}\n"
            f"[domain_realm]\n .{DNS} = {REALM}\n {DNS} = {REALM}\n"
        )

    def certificates(self):
        tls = self.folder / "tls"
        quiet = lambda *a: call("openssl", *a)
        quiet("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=Peers", "-addext",
              "basicConstraints=critical,CA:TRUE", "-keyout", f"{tls}/ca.key", "-out", f"{tls}/ca.crt")
        quiet("req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN=dc01.{DNS}", "-keyout", f"{tls}/dc01.key", "-out", f"{tls}/dc01.csr")
        (tls / "names").write_text(f"subjectAltName=DNS:dc01.{DNS},DNS:{DNS}\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n")
        quiet("x509", "-req", "-in", f"{tls}/dc01.csr", "-CA", f"{tls}/ca.crt", "-CAkey", f"{tls}/ca.key", "-CAcreateserial", "-days", "30",
              "-extfile", f"{tls}/names", "-out", f"{tls}/dc01.crt")
        for key in tls.glob("*.key"):
            key.chmod(0o600)

    def configure(self):
        at = self.folder
        addresses = " ".join(f"{a}/8" for a in [CONTROLLER, *self.hosts.values()])
        self.conf.write_text(f"""[global]
 netbios name = DC01
 workgroup = {NETBIOS}
 realm = {REALM}
 server role = active directory domain controller
 interfaces = {addresses}
 bind interfaces only = yes
 server services = s3fs, rpc, ldap, cldap, kdc, winbindd, dns
 dns forwarder =
 prefork children = 1
 allow dns updates = disabled
{places(at)} log level = 1
 max log size = 0
 load printers = no
 printing = bsd
 printcap name = /dev/null
 disable spoolss = yes
 server min protocol = SMB2
 server signing = mandatory
 ldap server require strong auth = yes
 kerberos encryption types = all
 tls enabled = yes
 tls keyfile = {at}/tls/dc01.key
 tls certfile = {at}/tls/dc01.crt
 tls cafile = {at}/tls/ca.crt
[C$]
 path = {at}/hosts/%i/C
 read only = no
 case sensitive = no
 vfs objects = dfs_samba4 acl_xattr
 acl_xattr:ignore system acls = yes
 acl_xattr:default acl style = windows
 include = {at}/etc/share-%i.conf
""")

    def provision(self):
        """The domain with its objects, before anything runs."""
        self.network()
        self.certificates()
        empty = self.folder / "etc/empty.conf"
        empty.write_text("[global]\n")
        call("samba-tool", "domain", "provision", "-s", str(empty), f"--targetdir={self.folder}", f"--realm={REALM}", f"--domain={NETBIOS}",
             "--host-name=dc01", f"--host-ip={CONTROLLER}", "--server-role=dc", "--dns-backend=SAMBA_INTERNAL", f"--adminpass={ADMIN}",
             "--quiet", env=self.environment())
        self.configure()
        self.modify(self.objects())

    def modify(self, ldif):
        call("ldbmodify", f"--configfile={self.conf}", "-H", str(self.folder / "private/sam.ldb"), input=ldif, env=self.environment())

    def objects(self):
        password = lambda text: base64.b64encode(f'"{text}"'.encode("utf-16-le")).decode()
        spns = "".join(f"servicePrincipalName: http/{s}\n" for s in self.services)
        people = [("Lync Admin", "lyncadmin"), ("Plain User", "plainuser")]
        out = [f"dn: CN={self.account},CN=Computers,{BASE}\nchangetype: add\nobjectClass: computer\nsAMAccountName: {self.account}$\n"
               f"userAccountControl: 4128\nunicodePwd:: {password(ACCOUNT)}\n{spns}msDS-SupportedEncryptionTypes: 24\n"]
        for name, login in people:
            out.append(f"dn: CN={name},CN=Users,{BASE}\nchangetype: add\nobjectClass: user\nsAMAccountName: {login}\n"
                       f"userPrincipalName: {login}@{DNS}\nuserAccountControl: 512\nunicodePwd:: {password(OPERATOR)}\n")
        # The operator belongs to the product's group by another one.
        out.append(f"dn: CN=Lync Team,CN=Users,{BASE}\nchangetype: add\nobjectClass: group\nsAMAccountName: LyncTeam\n"
                   f"groupType: -2147483646\nmember: CN=Lync Admin,CN=Users,{BASE}\n")
        out.append(f"dn: CN=RTCUniversalServerAdmins,CN=Users,{BASE}\nchangetype: add\nobjectClass: group\n"
                   f"sAMAccountName: RTCUniversalServerAdmins\ngroupType: -2147483640\nmember: CN=Lync Team,CN=Users,{BASE}\n")
        for host in self.hosts:
            out.append(f"dn: CN={host},CN=Computers,{BASE}\nchangetype: add\nobjectClass: computer\nsAMAccountName: {host.upper()}$\n"
                       f"userAccountControl: 4096\ndNSHostName: {host}.{DNS}\n")
        names = [f"ldap/dc01.{DNS}", f"cifs/dc01.{DNS}"] + [f"cifs/{h}.{DNS}" for h in self.hosts]
        out.append(f"dn: CN=DC01,OU=Domain Controllers,{BASE}\nchangetype: modify\nadd: servicePrincipalName\n"
                   + "".join(f"servicePrincipalName: {n}\n" for n in names))
        return "\n".join(out) + "\n"

    def protect(self):
        """The drives' access lists: the product's administrators may write, nobody else may look."""
        found = call("ldbsearch", f"--configfile={self.conf}", "-H", str(self.folder / "private/sam.ldb"),
                     "(sAMAccountName=RTCUniversalServerAdmins)", "objectSid", env=self.environment())
        group = next(l.split()[1] for l in found.splitlines() if l.startswith("objectSid:"))
        call("chmod", "-R", "a+rwX", str(self.folder / "hosts"))
        from samba.auth_util import system_session_unix
        from samba.auth import system_session
        from samba.ntacls import setntacl
        from samba.param import LoadParm
        from samba.samba3 import param
        from samba.samdb import SamDB
        parameters = LoadParm()
        parameters.load(str(self.conf))
        param.get_context().load(str(self.conf))
        sid = SamDB(session_info=system_session(), lp=parameters).get_domain_sid()
        for at, folders, files in os.walk(self.folder / "hosts"):
            for path in [at, *(os.path.join(at, f) for f in files)]:
                if "/C" in path:
                    setntacl(parameters, path, DESCRIPTOR.format(group=group), sid, system_session_unix(), use_ntvfs=True)

    def start(self):
        subprocess.Popen(["samba", "-F", "--no-process-group", "-s", str(self.conf)], env=self.environment(),
                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        for port in (88, 389, 445, 636):
            while True:
                try:
                    socket.create_connection((CONTROLLER, port), 1).close()
                    break
                except OSError:
                    if time.monotonic() > deadline:
                        raise SystemExit(f"the domain does not answer on port {port}; see {self.folder}/log")
                    time.sleep(0.1)

    def stop(self):
        call("pkill", "-TERM", "-x", "samba")
        for _ in range(100):
            if subprocess.run(["pgrep", "-x", "samba"], stdout=subprocess.DEVNULL).returncode:
                return
            time.sleep(0.1)

    def share(self, host, *lines):
        """Lines of the share of one server: what is wrong with it."""
        (self.folder / "etc" / f"share-{self.hosts[host]}.conf").write_text("".join(f" {line}\n" for line in lines))

    def fill(self, host, tree):
        """Gives a server's drive the files of a folder that mirrors it."""
        drive = self.drive(host)
        drive.mkdir(parents=True, exist_ok=True)
        shutil.copytree(tree, drive, dirs_exist_ok=True)
