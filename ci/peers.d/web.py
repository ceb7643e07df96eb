"""What stands in for IIS under the account: a web server whose key is the secret that a server's configuration holds, opened with eyes of our own."""

import base64
import re
import subprocess
import time
import xml.etree.ElementTree as ET
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

import domain as peers

MODULES = "/usr/lib/apache2/modules"


def private_key(path):
    """An exported key container: RSAKeyValue with the private parts."""
    number = {e.tag: int.from_bytes(base64.b64decode(e.text), "big") for e in ET.fromstring(path.read_text())}
    public = rsa.RSAPublicNumbers(number["Exponent"], number["Modulus"])
    p, q, d = number["P"], number["Q"], number["D"]
    return rsa.RSAPrivateNumbers(p, q, d, number["DP"], number["DQ"], number["InverseQ"], public).private_key()


def secrets(configuration, keys, account):
    """The secrets beside an account's name in a configuration, each once, opened with the key of AesProvider."""
    text = configuration.read_bytes().decode("utf-8-sig")
    session = re.search(r'<add name="AesProvider"[^>]*sessionKey="([^"]+)"', text)[1]
    blob = base64.b64decode(session)
    key = private_key(keys / "iisConfigurationKey.xml").decrypt(blob[12:][::-1], padding.PKCS1v15())
    found = set()
    for value in re.findall(rf'userName="{re.escape(account)}" password="\[enc:AesProvider:([^:]+):enc\]"', text):
        decryptor = Cipher(algorithms.AES(key), modes.CBC(bytes(16))).decryptor()
        plain = decryptor.update(base64.b64decode(value)) + decryptor.finalize()
        body = plain[4:-plain[-1]].decode("utf-16-le", "replace")
        found.add(body[: body.index("\0")])
    return found


class WebServers:
    """An Apache with a virtual server for each of some addresses. All under one account, each with a key table of its own would be another
    process: so each address has its own process."""

    def __init__(self, domain, folder):
        self.domain, self.folder, self.running = domain, Path(folder), []

    def keytab(self, host, service, password, version):
        """A table with the key of a password, as the account's service under that name would have it."""
        table = self.folder / f"{host}.keytab"
        table.unlink(missing_ok=True)
        salt = f"{peers.REALM}host{self.domain.account}.{peers.DNS}"
        words = "".join(f"addent -password -p HTTP/{service}@{peers.REALM} -k {version} -e {etype} -s {salt}\n{password}\n"
                        for etype in ("aes256-cts-hmac-sha1-96", "aes128-cts-hmac-sha1-96"))
        peers.call("ktutil", input=f"{words}wkt {table}\nquit\n", env=self.domain.environment())
        table.chmod(0o644)
        return table

    def certificate(self, service):
        tls = self.domain.folder / "tls"
        key, signed = tls / f"{service}.key", tls / f"{service}.crt"
        if not signed.exists():
            (tls / "names").write_text(f"subjectAltName=DNS:{service}\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n")
            peers.call("openssl", "req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={service}", "-keyout", str(key), "-out", f"{tls}/{service}.csr")
            peers.call("openssl", "x509", "-req", "-in", f"{tls}/{service}.csr", "-CA", f"{tls}/ca.crt", "-CAkey", f"{tls}/ca.key", "-CAcreateserial",
                       "-days", "30", "-extfile", f"{tls}/names", "-out", str(signed))
        return key, signed

    def start(self, host, service, password, version, mechanism="krb5"):
        """Serves HTTP and HTTPS at a host's address. `mechanism` is what it takes: krb5, or nothing but NTLM."""
        at = self.folder / host
        at.mkdir(parents=True, exist_ok=True)
        (at / "docs").mkdir(exist_ok=True)
        key, signed = self.certificate(service)
        address = self.domain.hosts[host]
        modules = ["mpm_event", "authn_core", "authz_core", "authz_user", "auth_gssapi", "ssl", "headers"]
        loads = "".join(f"LoadModule {m}_module {MODULES}/mod_{m}.so\n" for m in modules if Path(f"{MODULES}/mod_{m}.so").exists())
        if mechanism == "krb5":
            table = self.keytab(host, service, password, version)
            guard = (f"AuthType GSSAPI\nAuthName peers\nGssapiCredStore keytab:{table}\nGssapiAllowedMech krb5\nGssapiSSLonly Off\n"
                     "Require valid-user\n")
        else:
            # What a server answers that offers NTLM alone.
            guard = ""
        offers = "" if mechanism == "krb5" else 'Header always set WWW-Authenticate "NTLM"\nRedirect 401 /\n'
        modules_more = "" if mechanism == "krb5" else f"LoadModule alias_module {MODULES}/mod_alias.so\n"
        conf = at / "apache.conf"
        conf.write_text(f"""ServerRoot {at}
ServerName {service}
PidFile {at}/pid
Mutex file:{at}
ErrorLog {at}/error.log
LogLevel warn auth_gssapi:info
User www-data
Group www-data
Listen {address}:80
Listen {address}:443 https
{loads}{modules_more}DocumentRoot {at}/docs
{offers}<Location />
{guard}</Location>
<VirtualHost {address}:443>
SSLEngine on
SSLCertificateFile {signed}
SSLCertificateKeyFile {key}
</VirtualHost>
""")
        (at / "docs/index.html").write_text("peers\n")
        for path in (self.folder, at, at / "docs"):
            path.chmod(0o777)
        process = subprocess.Popen(["apache2", "-f", str(conf), "-DFOREGROUND"], env=self.domain.environment(), stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        self.running.append(process)
        for _ in range(100):
            if subprocess.run(["curl", "-s", "-o", "/dev/null", f"http://{address}/"]).returncode == 0:
                return process
            time.sleep(0.1)
        raise SystemExit(f"no web server answers at {address}: {(at / 'error.log').read_text()}")

    def status(self, host, service, cache):
        """What `curl --negotiate` gets from the server at a host's address, as a client that believes it to be `service`."""
        return peers.call("curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "--negotiate", "-u", ":", "--resolve",
                          f"{service}:80:{self.domain.hosts[host]}", f"http://{service}/index.html",
                          env=dict(self.domain.environment(), KRB5CCNAME=f"FILE:{cache}")).strip()

    def stop(self):
        for process in self.running:
            process.terminate()
            process.wait()
        self.running.clear()
