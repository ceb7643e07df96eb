use crate::declare::declare_rule;
use crate::hardened::{Judge, Reach, content_type, is_false, is_true, log_fields, of_sites};
use crate::{Policy, Verdicts, View};

declare_rule! {
    /// A web site logs without the fields that an inquiry needs.
    ///
    /// ## What it checks
    /// Both web sites of the product write a log, with user agent, user name and referrer, and the header `Content-Type` of the answer;
    /// `httpLogging` does not switch it off below them. The guide also wants the header `Authorization` of the request in the log. This
    /// rule does not ask for it: that header holds tickets and, with basic authentication, passwords, which do not belong into a log
    /// file. So passing this rule is not yet passing the item of the guide: say so to whoever audits you.
    ///
    /// ## Why it matters
    /// After an incident the log is what is left. Without the fields nobody can tell one client from another.
    ///
    /// ## What to do
    /// This is item V-218742 of the guide of DISA for IIS 10.0 (Site V2R15). An exception is documented as a waiver.
    ///
    /// ```powershell
    /// $appcmd = "$env:windir\System32\inetsrv\appcmd.exe"
    /// $site = "Skype for Business Server Internal Web Site"
    /// & $appcmd set site $site `
    ///     "/logFile.logExtFileFlags:Date,Time,ClientIP,UserName,Method,UriStem,UriQuery,HttpStatus,UserAgent,Referer"
    /// ```
    ///
    /// | before | after |
    /// |---|---|
    /// | `logExtFileFlags="Date, Time, UserName"` | `logExtFileFlags="Date, Time, UserName, UserAgent, Referer"` |
    ///
    /// ## Sources
    /// - [Logs of a site](https://learn.microsoft.com/iis/configuration/system.applicationhost/sites/site/logfile/)
    /// - [The figures of the guide, as Microsoft made them readable to programs](https://github.com/microsoft/PowerStig)
    number: 604,
    severity: Warning,
    confidence: Documented,
    family: Hardening,
    subject: Server,
    product_error: None,
    controls: [
        "DISA IIS 10.0 Site V2R15 V-218742",
        "NIST SP 800-53 AU-3",
        "CIS IIS 10 5.2",
    ],
    profile: Stig,
}

const JUDGE: Judge = Judge {
    reach: Reach::Sites,
    wants: &[
        ("site/logFile@enabled", is_true),
        ("log@centralLogFileMode", of_sites),
        ("httpLogging@dontLog", is_false),
        ("site/logFile@logExtFileFlags", log_fields),
        ("site/logFile/customFields", content_type),
    ],
    module: None,
    passes: "the product's web sites log the fields that are asked for, but for Authorization",
    help: "See 'kerbsync explain KS604'.",
};

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    JUDGE.run(view, verdicts);
}
