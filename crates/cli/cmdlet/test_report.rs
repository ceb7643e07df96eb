//! What a run of Test-CsKerberosAccountAssignment says: on the screen, and in its report.

use super::test_assignment::TEST;
use crate::commands::tool;
use jiff::Timestamp;
use kerbsync_inventory::{Inventory, Site};
use kerbsync_report::format::cmdlet::{CmdletReport, FollowUp, InputRow, Problem, Row, Tone};
use kerbsync_report::format::{Computer, Conclusion, Finding, Outcome, Report, Severity, State, Wording};
use kerbsync_report::render::{TextOptions, clean, verdict, verdict_sentence, verdict_word};
use std::path::Path;

/// A tested site.
pub(super) struct Tested<'a> {
    /// The audit, of this site alone.
    pub(super) report: &'a Report,
    pub(super) inventory: &'a Inventory,
    pub(super) site: &'a Site,
}

/// A sentence of the product, or the finding that it has none for.
struct Said<'a> {
    /// The product's name of the error.
    product: Option<&'static str>,
    sentence: String,
    server: Option<&'a str>,
    finding: &'a Finding,
}

impl<'a> Tested<'a> {
    fn account(&self) -> Option<&'a str> {
        self.report.inventory.sites.first().and_then(|s| s.account.as_deref())
    }

    /// The account as the export writes it, which is how the product prints it.
    fn account_text(&self) -> &'a str {
        let written = self.inventory.assignments_of(&self.site.id.value).next().map(|a| a.account_text.value.as_str());
        written.unwrap_or_default()
    }

    fn web_servers(&self) -> impl Iterator<Item = &'a Computer> {
        self.report.inventory.sites.iter().flat_map(|s| &s.pools).flat_map(|p| &p.computers).filter(|c| c.web_server)
    }

    /// What failed, no sentence twice.
    fn said(&self) -> Vec<Said<'a>> {
        let mut all: Vec<Said<'a>> = Vec::new();
        for finding in self.report.findings.iter().filter(|f| f.outcome == Outcome::Fail && f.waived.is_none()) {
            for said in self.of(finding) {
                if all.iter().all(|s| s.sentence != said.sentence) {
                    all.push(said);
                }
            }
        }
        all
    }

    fn of(&self, finding: &'a Finding) -> Vec<Said<'a>> {
        let product = kerbsync_audit::rules::RULES.iter().find(|r| r.number == finding.number).and_then(|r| r.product_error);
        let said = |sentence: String, server: Option<&'a str>| Said { product, sentence, server, finding };
        match product {
            Some("ServicePrincipalNameError") => {
                let (spn, account) = (format!("http/{}", finding.subject), self.account_text());
                vec![said(format!("The service principal name {spn} was not found on the container {account}."), None)]
            }
            Some("InvalidKerberosConfiguration") => {
                // An expired account makes the product call every server of the site invalid.
                let servers: Vec<&'a str> = match finding.server.as_deref() {
                    Some(server) => vec![server],
                    None => self.web_servers().map(|c| c.fqdn.as_str()).collect(),
                };
                let account = self.account_text();
                servers
                    .into_iter()
                    .map(|server| {
                        let sentence = format!(
                            "The Kerberos configuration on {server} is invalid. The expected assigned account is {account}. Ensure that the account \
                             has not expired, and the configured password on the machine matches the Active Directory password of the account."
                        );
                        said(sentence, Some(server))
                    })
                    .collect()
            }
            _ => vec![Said { product: None, sentence: finding.message.to_string(), server: finding.server.as_deref(), finding }],
        }
    }

    /// What the screen shows.
    pub(super) fn text(&self, view: &TextOptions, told: Option<&str>) -> String {
        let mut out = format!(
            "{}, {}\n",
            clean(&self.identity()),
            self.account().map_or("no account is assigned".to_owned(), |a| clean(a).into_owned())
        );
        let servers: Vec<&Computer> = self.web_servers().collect();
        let width = servers.iter().map(|c| c.fqdn.chars().count()).max().unwrap_or(0);
        for server in &servers {
            let why = server.reason.as_deref().filter(|_| view.verbosity > 0 || server.state != State::InSync).unwrap_or_default();
            let line = format!("  {:width$}  {:17}  {why}", server.fqdn, server.state.word());
            out += clean(line.trim_end()).as_ref();
            out.push('\n');
        }
        if servers.is_empty() {
            out += "  no web servers\n";
        }
        let said = self.said();
        if !said.is_empty() {
            out.push('\n');
        }
        for one in &said {
            let line = match one.product {
                Some("ServicePrincipalNameError") => format!("{} : {}", TEST.name, one.sentence),
                Some(name) => format!("{name}: {}", one.sentence),
                None => format!("{}[{}]: {}", one.finding.severity.name(), one.finding.code(), one.sentence),
            };
            out += clean(&line).as_ref();
            out.push('\n');
            if let Some(help) = one.finding.help.as_ref().filter(|_| view.verbosity > 0) {
                out += &format!("    {}\n", clean(help));
            }
        }
        let unknown: Vec<&Finding> = self.report.findings.iter().filter(|f| f.outcome == Outcome::Unknown && f.waived.is_none()).collect();
        if view.verbosity > 0 && !unknown.is_empty() {
            out += "\nNot decided:\n";
            for finding in unknown {
                let help = finding.help.as_ref().map(|h| format!(" {h}")).unwrap_or_default();
                out += clean(&format!("unknown[{}]: {}{help}", finding.code(), finding.message)).as_ref();
                out.push('\n');
            }
        }
        let failed = self.report.summary.failed;
        if let Some(told) = told {
            out.push('\n');
            if failed.error > 0 {
                out += &format!(
                    "WARNING: {} encountered errors. Consult the log file for a detailed analysis, and ensure all errors ({}) and warnings ({}) \
                     are addressed before continuing.\n",
                    TEST.name, failed.error, failed.warning
                );
            }
            out += &format!("WARNING: {told}\n");
        }
        out.push('\n');
        out += &verdict(self.report, view);
        if view.verbosity == 0 && (failed.total() > 0 || self.report.summary.undecided > 0) {
            out += "-Verbose shows what to do, and why something is unknown.\n";
        }
        out
    }

    fn identity(&self) -> String {
        format!("Site:{}", self.site.name.value)
    }

    /// What the report tells.
    pub(super) fn report(&self, bundle: &Path, started: Timestamp, ended: Timestamp) -> CmdletReport {
        let summary = &self.report.summary;
        let tone = match summary.conclusion {
            Conclusion::NothingChecked | Conclusion::Findings => Tone::Bad,
            Conclusion::Incomplete | Conclusion::BelowThreshold => Tone::Doubtful,
            Conclusion::Clean => Tone::Good,
        };
        CmdletReport {
            cmdlet: TEST.name,
            tool: tool(),
            started,
            ended,
            facts: vec![
                ("Site", self.identity()),
                ("Account", self.account().unwrap_or("none that is clear").to_owned()),
                ("Bundle", bundle.display().to_string()),
                ("Ages measured at", self.report.time.clone()),
            ],
            verdict: verdict_word(summary.conclusion).to_owned(),
            tone,
            sentence: verdict_sentence(self.report),
            servers: self.web_servers().map(row).collect(),
            problems: self.said().iter().filter(|s| s.finding.severity != Severity::Note).map(problem).collect(),
            preconditions: Vec::new(),
            follow_ups: self.open().collect(),
            notes: vec!["Worked out from exported files: no test of the product was run, and no server was contacted.".to_owned()],
            inputs: self.inputs(),
        }
    }

    /// What could not be decided, with what would decide it.
    fn open(&self) -> impl Iterator<Item = FollowUp> {
        let unknown = self.report.findings.iter().filter(|f| f.outcome == Outcome::Unknown && f.waived.is_none());
        unknown.map(|f| FollowUp {
            subject: f.subject.to_string(),
            reason: format!("Not decided: {}", f.message),
            command: f.help.as_ref().map(ToString::to_string),
        })
    }

    /// The documents of this site's servers, and those of no server.
    fn inputs(&self) -> Vec<InputRow> {
        let servers: Vec<&str> =
            self.report.inventory.sites.iter().flat_map(|s| &s.pools).flat_map(|p| &p.computers).map(|c| c.fqdn.as_str()).collect();
        let ours = |c: &Option<Wording>| c.as_ref().is_none_or(|c| servers.iter().any(|s| s.eq_ignore_ascii_case(c)));
        let of = self.report.inputs.iter().filter(|i| ours(&i.computer));
        of.map(InputRow::from).collect()
    }
}

fn row(computer: &Computer) -> Row {
    let tone = match computer.state {
        State::InSync => Tone::Good,
        State::Stale | State::DifferentAccount | State::NotConfigured => Tone::Bad,
        State::Unknown => Tone::Doubtful,
        State::NotApplicable => Tone::Plain,
    };
    Row {
        subject: computer.fqdn.clone(),
        state: computer.state.word().to_owned(),
        tone,
        reasons: computer.reason.iter().map(ToString::to_string).collect(),
    }
}

fn problem(said: &Said<'_>) -> Problem {
    let finding = said.finding;
    Problem {
        error: finding.severity == Severity::Error,
        title: said.product.map_or_else(|| finding.rule.to_string(), str::to_owned),
        short: finding.title.to_string(),
        long: said.sentence.clone(),
        advice: finding.help.as_ref().map(ToString::to_string),
        server: said.server.map(str::to_owned),
    }
}
