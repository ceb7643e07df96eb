//! A domain controller, asked by LDAP inside TLS, or sealed by Kerberos.

mod url;

use crate::clock::Clock;
use crate::ldif::Entry;
use crate::operator::{Authority, Operator};
use kerbsync_source::Shown;
#[cfg(unix)]
use ldap3::StdStream;
use ldap3::adapters::{Adapter, EntriesOnly, PagedResults};
use ldap3::{Ldap, LdapConnAsync, LdapConnSettings, LdapError, Mod, Scope, SearchEntry};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
pub(crate) use url::is_host;
pub use url::{DirectoryUrl, DirectoryUrlError};

/// Entries of one page. Active Directory gives at most 1,000 by default (MaxPageSize).
const PAGE: i32 = 500;

/// Whose certificates are believed.
#[derive(Debug, Clone)]
pub enum Trust {
    /// The authorities that this machine believes.
    System,
    /// Those of a PEM file, and no others.
    File(std::path::PathBuf),
}

/// A directory that cannot be asked, or gives no answer that counts.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    /// Authorities that cannot be read.
    #[error("the certificates of '{path}' cannot be read: {why}")]
    Authorities {
        /// The file.
        path: String,
        /// Why not.
        why: String,
    },
    /// A connection that was not made, or not inside TLS.
    #[error("the directory {host} cannot be asked: {why}")]
    Connection {
        /// The host.
        host: String,
        /// What the system or TLS said.
        why: Shown,
    },
    /// The directory does not believe the operator.
    #[error("the directory {host} refuses {principal} (result {code}): {why}")]
    Refused {
        /// The host.
        host: String,
        /// The operator.
        principal: String,
        /// The result code of LDAP.
        code: u32,
        /// What the directory said.
        why: Shown,
    },
    /// Inside TLS the password is wanted.
    #[error(
        "inside TLS the directory wants the operator's password; a ticket cache is enough at ldap:// (port 389), where Kerberos encrypts, and not on Windows"
    )]
    NoPassword,
    /// One that is no domain controller, or none yet.
    #[error("the directory {host} {why}")]
    NoDomain {
        /// The host.
        host: String,
        /// What it says of itself, or does not say.
        why: &'static str,
    },
    /// A search that was not answered to its end.
    #[error("the directory {host} did not answer '{filter}' below '{base}' to the end (result {code}): {why}")]
    Search {
        /// The host.
        host: String,
        /// Where was searched.
        base: Shown,
        /// For what.
        filter: String,
        /// The result code of LDAP, 0 where there is none.
        code: u32,
        /// What was said.
        why: Shown,
    },
}

/// Who asks a directory, and how.
#[derive(Clone, Copy)]
pub(crate) struct Asker<'a> {
    pub(crate) operator: &'a Operator,
    pub(crate) trust: &'a Trust,
    /// How long one answer may take.
    pub(crate) timeout: Duration,
    #[cfg_attr(not(unix), expect(dead_code, reason = "tickets are for sealed connections"))]
    pub(crate) clock: Clock,
    /// Who gives tickets; without it the controller itself.
    #[cfg_attr(not(unix), expect(dead_code, reason = "tickets are for sealed connections"))]
    pub(crate) kdc: Option<&'a str>,
}

/// A connection on which the operator is believed.
pub(crate) struct Directory {
    ldap: Ldap,
    host: String,
    timeout: Duration,
    /// Why a sealed connection broke off.
    #[cfg(unix)]
    broken: crate::sealed::Broken,
}

/// What a directory says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Root {
    /// The name of the domain that the controller holds; empty where it names none.
    pub(crate) domain: String,
    /// The name of the forest's configuration.
    pub(crate) configuration: String,
    /// The name of the domain that the forest began with.
    pub(crate) forest: String,
    /// The controller's own name, in small letters.
    pub(crate) controller: String,
    /// The name of its object among the servers of its site.
    pub(crate) server: String,
    /// Whether it answers as a global catalogue already, where it says so.
    pub(crate) is_catalogue_ready: Option<bool>,
    /// Whether it has all of its domain from the other controllers since it became one, where it says so.
    pub(crate) is_synchronized: Option<bool>,
}

impl Directory {
    /// Connects inside TLS and binds with the operator's password; with a ticket cache, sealed by Kerberos.
    pub(crate) async fn connect(url: &DirectoryUrl, asker: &Asker<'_>) -> Result<Self, DirectoryError> {
        let Asker { operator, trust, timeout, .. } = *asker;
        let Authority::Password(password) = operator.authority() else { return Self::connect_sealed(url, asker).await };
        let connection = |e: &LdapError| DirectoryError::Connection { host: url.host.clone(), why: why(e) };
        let settings = LdapConnSettings::new().set_conn_timeout(timeout).set_config(Arc::new(tls(trust)?)).set_starttls(url.start_tls);
        let mut ldap = Self::opened(url, settings, &url.to_url(), timeout).await?;
        let bound = ldap.simple_bind(&operator.principal(), password.expose()).await.map_err(|e| connection(&e))?;
        if bound.rc != 0 {
            return Err(DirectoryError::Refused {
                host: url.host.clone(),
                principal: operator.principal(),
                code: bound.rc,
                why: meaning(bound.rc).map_or_else(|| Shown::of(&bound.text), Shown::of),
            });
        }
        Ok(Self {
            ldap,
            host: url.host.clone(),
            timeout,
            #[cfg(unix)]
            broken: crate::sealed::Broken::default(),
        })
    }

    /// Connects with the operator's tickets, which seal what is said.
    #[cfg(unix)]
    async fn connect_sealed(url: &DirectoryUrl, asker: &Asker<'_>) -> Result<Self, DirectoryError> {
        use crate::kerberos::ProofRequest;
        use crate::sealed::SealedError;
        if !url.start_tls {
            return Err(DirectoryError::NoPassword);
        }
        let Asker { operator, clock, timeout, kdc, .. } = *asker;
        let host = url.host.clone();
        let request = ProofRequest { operator: operator.clone(), kdc: kdc.unwrap_or(&host).to_owned(), timeout, clock };
        let (stream, broken) = crate::sealed::connect(&host, url.port, &request).await.map_err(|error| match error {
            SealedError::Refused { code, said } => {
                DirectoryError::Refused { host: host.clone(), principal: operator.principal(), code, why: said }
            }
            other => DirectoryError::Connection { host: host.clone(), why: Shown::of(&other.to_string()) },
        })?;
        let settings = LdapConnSettings::new().set_std_stream(StdStream::Unix(stream));
        // Of the address only the kind counts: the stream is there already.
        let ldap = Self::opened(url, settings, "ldapi://sealed", timeout).await?;
        Ok(Self { ldap, host, timeout, broken })
    }

    #[cfg(not(unix))]
    async fn connect_sealed(_: &DirectoryUrl, _: &Asker<'_>) -> Result<Self, DirectoryError> {
        std::future::ready(Err(DirectoryError::NoPassword)).await
    }

    async fn opened(url: &DirectoryUrl, settings: LdapConnSettings, address: &str, timeout: Duration) -> Result<Ldap, DirectoryError> {
        let failed = |why| DirectoryError::Connection { host: url.host.clone(), why };
        let opened = tokio::time::timeout(timeout, LdapConnAsync::with_settings(settings, address)).await;
        let (driver, mut ldap) = opened.map_err(|_| failed(Shown::of("no answer in time")))?.map_err(|e| failed(why(&e)))?;
        tokio::spawn(async move { drop(driver.drive().await) });
        ldap.with_timeout(timeout);
        Ok(ldap)
    }

    /// What went wrong: where a sealed connection broke off, why, of which the library only sees the end.
    fn why(&self, error: &LdapError) -> Shown {
        #[cfg(unix)]
        if let Some(broken) = self.broken.why() {
            return broken;
        }
        why(error)
    }

    /// What a controller says of itself that can be asked for its domain: one that has not got all of it yet would tell a part as the whole
    /// (isSynchronized, MS-ADTS 3.1.1.3.2).
    pub(crate) async fn controller(&mut self) -> Result<Root, DirectoryError> {
        let root = self.root().await?;
        let failed = |why| DirectoryError::NoDomain { host: self.host.clone(), why };
        if root.domain.is_empty() || root.configuration.is_empty() {
            return Err(failed("names no domain that it holds (defaultNamingContext): it is no domain controller"));
        }
        if root.is_synchronized == Some(false) {
            return Err(failed("does not hold all of its domain yet (isSynchronized is FALSE)"));
        }
        Ok(root)
    }

    /// What the directory says of itself.
    pub(crate) async fn root(&mut self) -> Result<Root, DirectoryError> {
        let names = [
            "defaultNamingContext",
            "configurationNamingContext",
            "dnsHostName",
            "isGlobalCatalogReady",
            "rootDomainNamingContext",
            "serverName",
            "isSynchronized",
        ];
        let entries = self.search("", Scope::Base, "(objectClass=*)", &names).await?;
        let value = |name: &str| {
            let values = entries.iter().flat_map(|e| &e.values);
            let mut found = values.filter(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| String::from_utf8_lossy(v).into_owned());
            found.next()
        };
        Ok(Root {
            domain: value(names[0]).unwrap_or_default(),
            configuration: value(names[1]).unwrap_or_default(),
            controller: value(names[2]).unwrap_or_default().to_ascii_lowercase(),
            is_catalogue_ready: value(names[3]).map(|v| v.eq_ignore_ascii_case("true")),
            forest: value(names[4]).unwrap_or_default(),
            server: value(names[5]).unwrap_or_default(),
            is_synchronized: value(names[6]).map(|v| v.eq_ignore_ascii_case("true")),
        })
    }

    /// Gives an object a value of an attribute in place of what it had. `None` where that was done, else the code and the words of a refusal.
    pub(crate) async fn replace(&mut self, dn: &str, attribute: &str, value: Vec<u8>) -> Result<Option<(u32, Shown)>, DirectoryError> {
        let change = Mod::Replace(attribute.as_bytes().to_vec(), HashSet::from([value]));
        let told = self.ldap.with_timeout(self.timeout).modify(dn, vec![change]).await;
        let told = told.map_err(|e| DirectoryError::Connection { host: self.host.clone(), why: self.why(&e) })?;
        Ok((told.rc != 0).then(|| (told.rc, Shown::of(&told.text))))
    }

    /// Every entry that a search finds, page by page; referrals to other servers are not followed.
    pub(crate) async fn search(
        &mut self,
        base: &str,
        scope: Scope,
        filter: &str,
        attributes: &[&str],
    ) -> Result<Vec<Entry>, DirectoryError> {
        let host = self.host.clone();
        let failed = |code: u32, why: Shown| DirectoryError::Search {
            host: host.clone(),
            base: Shown::of(base),
            filter: filter.to_owned(),
            code,
            why,
        };
        let attributes: Vec<String> = attributes.iter().map(|a| (*a).to_owned()).collect();
        let pages: Vec<Box<dyn Adapter<'_, String, Vec<String>>>> = vec![Box::new(EntriesOnly::new()), Box::new(PagedResults::new(PAGE))];
        let mut stream = self
            .ldap
            .with_timeout(self.timeout)
            .streaming_search_with(pages, base, scope, filter, attributes)
            .await
            .map_err(|e| failed(0, self.why(&e)))?;
        let mut entries = Vec::new();
        while let Some(found) = stream.next().await.map_err(|e| failed(0, self.why(&e)))? {
            entries.push(entry(SearchEntry::construct(found)));
        }
        let result = stream.finish().await;
        // 10 (the domain is elsewhere) is a failure too: entries may be missing from what came.
        if result.rc == 0 { Ok(entries) } else { Err(failed(result.rc, Shown::of(&result.text))) }
    }
}

fn entry(found: SearchEntry) -> Entry {
    let text = found.attrs.into_iter().flat_map(|(name, values)| {
        let pairs: Vec<_> = values.into_iter().map(|v| (name.clone(), v.into_bytes())).collect();
        pairs
    });
    let bytes = found.bin_attrs.into_iter().flat_map(|(name, values)| {
        let pairs: Vec<_> = values.into_iter().map(|v| (name.clone(), v)).collect();
        pairs
    });
    Entry { dn: found.dn, values: text.chain(bytes).collect() }
}

pub(crate) fn tls(trust: &Trust) -> Result<ClientConfig, DirectoryError> {
    let mut roots = RootCertStore::empty();
    match trust {
        Trust::System => {
            for certificate in rustls_native_certs::load_native_certs().certs {
                // One that rustls cannot use believes nobody; the others count.
                drop(roots.add(certificate));
            }
        }
        Trust::File(path) => {
            let error = |why: String| DirectoryError::Authorities { path: path.display().to_string(), why };
            let before = roots.len();
            for certificate in pem(path).map_err(|e| error(e.to_string()))? {
                roots.add(certificate).map_err(|e| error(e.to_string()))?;
            }
            if roots.len() == before {
                return Err(error("no certificate is in it".to_owned()));
            }
        }
    }
    Ok(ClientConfig::builder().with_root_certificates(roots).with_no_client_auth())
}

fn pem(path: &Path) -> Result<Vec<CertificateDer<'static>>, rustls::pki_types::pem::Error> {
    CertificateDer::pem_file_iter(path)?.collect()
}

/// What the library says, without the operator's name and password in it: they are in none of its errors.
fn why(error: &LdapError) -> Shown {
    match error {
        LdapError::Io { source } => Shown::of(&source.to_string()),
        LdapError::Rustls { source } => Shown::of(&source.to_string()),
        LdapError::Timeout { .. } => Shown::of("no answer in time"),
        other => Shown::of(&other.to_string()),
    }
}

/// What the usual refusals mean.
const fn meaning(code: u32) -> Option<&'static str> {
    match code {
        49 => Some("wrong name or password, or the account may not log on now"),
        8 => Some("it wants a stronger protection than this connection has"),
        _ => None,
    }
}

#[cfg(test)]
#[cfg(unix)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
