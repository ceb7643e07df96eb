use crate::declare::declare_rule;
use crate::hardened::{Judge, Reach, content_type, is_true, log_fields, of_sites};
use crate::{Policy, Verdicts, View};

declare_rule! {
    /// Requests are logged without the fields that an inquiry needs, by default.
    ///
    /// ## What it checks
    /// The defaults of all sites log user agent, user name and referrer, and the header `Content-Type` of the answer. The guide also
    /// wants the header `Authorization` of the request in the log. This rule does not ask for it: that header holds tickets and, with
    /// basic authentication, passwords, which do not belong into a log file. So passing this rule is not yet passing the item of the
    /// guide: say so to whoever audits you.
    ///
    /// ## Why it matters
    /// After an incident the log is what is left. Without the fields nobody can tell one client from another.
    ///
    /// ## What to do
    /// This is item V-218789 of the guide of DISA for IIS 10.0 (Server V3R7). An exception is documented as a waiver.
    ///
    /// ```powershell
    /// $appcmd = "$env:windir\System32\inetsrv\appcmd.exe"
    /// $field = "[logFieldName='Content-Type',sourceName='Content-Type',sourceType='ResponseHeader']"
    /// & $appcmd set config /section:sites "/+siteDefaults.logFile.customFields.$field" /commit:apphost
    /// ```
    ///
    /// | before | after |
    /// |---|---|
    /// | no `customFields` | a field `Content-Type` of the answer |
    ///
    /// ## Sources
    /// - [Logs of a site](https://learn.microsoft.com/iis/configuration/system.applicationhost/sites/site/logfile/)
    /// - [The figures of the guide, as Microsoft made them readable to programs](https://github.com/microsoft/PowerStig)
    number: 603,
    severity: Warning,
    confidence: Documented,
    family: Hardening,
    subject: Server,
    product_error: None,
    controls: [
        "DISA IIS 10.0 Server V3R7 V-218789",
        "NIST SP 800-53 AU-3",
        "CIS IIS 10 5.2",
    ],
    profile: Stig,
}

const JUDGE: Judge = Judge {
    reach: Reach::Server,
    wants: &[
        ("site/logFile@enabled", is_true),
        ("log@centralLogFileMode", of_sites),
        ("site/logFile@logExtFileFlags", log_fields),
        ("site/logFile/customFields", content_type),
    ],
    module: None,
    passes: "requests are logged with the fields that are asked for, but for Authorization",
    help: "See 'kerbsync explain KS603'.",
};

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    JUDGE.run(view, verdicts);
}
