//! `configProtectedData`, and the values that its providers protect.

use crate::product::{Generation, Site};
use crate::protect::encrypt;
use crate::server::{Layout, Server, Stored};
use crate::xml::Xml;
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;

const AES: &str = "Microsoft.ApplicationHost.AesProtectedConfigurationProvider";
const CNG: &str = "Microsoft.ApplicationHost.CngProtectedConfigurationProvider";
const AES_TEXT: &str = "Uses an AES session key to encrypt and decrypt";

/// Writes `configProtectedData` as the server's generation has it.
pub(super) fn providers(x: &mut Xml, server: &Server) {
    x.nest("configProtectedData", &[], |x| {
        x.nest("providers", &[], |x| {
            rsa(x, "IISWASOnlyRsaProvider", "iisWasKey");
            if server.generation == Generation::Iis10 {
                cng(x, "IISCngProvider", "Uses Win32 Crypto CNG to encrypt and decrypt", "iisCngConfigurationKey");
                cng(x, "IISWASOnlyCngProvider", "(WAS Only) Uses Win32 Crypto CNG to encrypt and decrypt", "iisCngWasKey");
            }
            aes(x, "AesProvider", "iisConfigurationKey", &server.keys.configuration.session.blob);
            aes(x, "IISWASOnlyAesProvider", "iisWasKey", &server.keys.was.session.blob);
        });
    });
    x.blank();
}

/// An RSA provider: its type is empty.
pub(super) fn rsa(x: &mut Xml, name: &str, container: &str) {
    x.leaf(
        "add",
        &[
            ("name", name),
            ("type", ""),
            ("description", "Uses RsaCryptoServiceProvider to encrypt and decrypt"),
            ("keyContainerName", container),
            ("cspProviderName", ""),
            ("useMachineContainer", "true"),
            ("useOAEP", "false"),
        ],
    );
}

pub(super) fn cng(x: &mut Xml, name: &str, description: &str, container: &str) {
    x.leaf(
        "add",
        &[("name", name), ("type", CNG), ("description", description), ("keyContainerName", container), ("useMachineContainer", "true")],
    );
}

fn aes(x: &mut Xml, name: &str, container: &str, session: &str) {
    x.leaf(
        "add",
        &[
            ("name", name),
            ("type", AES),
            ("description", AES_TEXT),
            ("keyContainerName", container),
            ("cspProviderName", ""),
            ("useOAEP", "false"),
            ("useMachineContainer", "true"),
            ("sessionKey", session),
        ],
    );
}

/// The server's credentials as they stand in the file. Every call encrypts anew.
pub(super) struct Secrets<'s> {
    server: &'s Server,
    rng: ChaCha20Rng,
}

impl<'s> Secrets<'s> {
    pub(super) fn new(server: &'s Server) -> Self {
        Self { server, rng: ChaCha20Rng::seed_from_u64(server.salt) }
    }

    /// Account and value for a site's slot.
    pub(super) fn of(&mut self, site: Site) -> Option<(&'s str, String)> {
        let credential = self.server.credential(site)?;
        let (provider, container) = match self.server.layout {
            Layout::SiteSection | Layout::Unlisted => ("AesProvider", &self.server.keys.configuration),
            Layout::PoolIdentity | Layout::PoolDefaults => ("IISWASOnlyAesProvider", &self.server.keys.was),
        };
        let value = match credential.stored {
            Stored::Clear => credential.password.reveal().to_owned(),
            Stored::Encrypted => encrypt(provider, &container.session.key, &credential.password, &mut self.rng),
            Stored::Damaged => {
                let whole = encrypt(provider, &container.session.key, &credential.password, &mut self.rng);
                // eight characters of base64 lost: no longer a whole number of cipher blocks
                let end = whole.len().saturating_sub(":enc]".len() + 8);
                format!("{}:enc]", &whole[..end])
            }
        };
        Some((&credential.account, value))
    }
}
