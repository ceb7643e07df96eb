//! redirection.config.

use super::protection::{cng, rsa};
use crate::product::Generation;
use crate::server::Server;
use crate::xml::Xml;

/// The whole file: an empty element where the configuration is local.
pub(crate) fn redirection(server: &Server) -> String {
    let mut x = Xml::at_depth(0);
    x.raw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n");
    x.nest("configuration", &[], |x| {
        x.blank();
        x.nest("configSections", &[], |x| x.leaf("section", &[("name", "configurationRedirection")]));
        x.blank();
        x.nest("configProtectedData", &[], |x| {
            x.nest("providers", &[], |x| {
                rsa(x, "IISRsaProvider", "iisConfigurationKey");
                if server.generation == Generation::Iis10 {
                    cng(x, "IISCngProvider", "Uses Win32 Crypto CNG to encrypt and decrypt", "iisCngConfigurationKey");
                }
            });
        });
        x.blank();
        match &server.redirected_to {
            Some(path) => x.leaf("configurationRedirection", &[("enabled", "true"), ("path", path)]),
            None => x.leaf("configurationRedirection", &[]),
        }
        x.blank();
    });
    x.into_text()
}
