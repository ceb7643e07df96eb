//! `Set-CsKerberosAccountPassword`: the copy of a password to one server, or a new one on all of them.

use super::own::SetFlags;
use super::parameters::Bound;
use super::report_file::ReportFile;
use super::set_report::{self, Seen};
use super::table::{Cmdlet, Exclusion, Kind, Member, Parameter, REPORT};
use crate::args::{DryRun, PlannedBundle, Shown};
use crate::commands::plan::{self, CopyWish, Front, Wish};
use crate::failure::Failure;
use crate::opened_bundle::OpenedBundle;
use crate::{Exit, Io};
use kerbsync_inventory::Document;
use kerbsync_plan::outcome::RunOutcome;
use kerbsync_plan::{CopyTarget, Plan, Refused};
use kerbsync_report::format::cmdlet::InputRow;

const NOT_WITH_USER: &str = "This parameter cannot be used if you use the UserAccount parameter.";

const fn required(name: &'static str, kind: Kind, within: &'static [Member], help: &'static str) -> Parameter {
    Parameter { name, aliases: &[], kind, within, help }
}

const fn switch(name: &'static str, aliases: &'static [&'static str], help: &'static str) -> Parameter {
    Parameter { name, aliases, kind: Kind::Switch, within: &[], help }
}

pub(super) static SET: Cmdlet = Cmdlet {
    name: "Set-CsKerberosAccountPassword",
    synopsis: "Copies the Kerberos account's password from one server to another, or gives the account a new one on all its servers.\n\
               Works on the exported configurations of a bundle; no server is contacted.",
    sets: &["ByFqdn", "ByUser"],
    parameters: &[
        required(
            "FromComputer",
            Kind::Fqdn,
            &[Member { set: "ByFqdn", position: Some(1), mandatory: true }],
            "The server (FQDN) that holds the password",
        ),
        required(
            "ToComputer",
            Kind::Fqdn,
            &[Member { set: "ByFqdn", position: Some(2), mandatory: true }],
            "The server (FQDN) that is to get it: one, without wildcards",
        ),
        required(
            "UserAccount",
            Kind::Account,
            &[Member { set: "ByUser", position: Some(1), mandatory: true }],
            "The account (DOMAIN\\name) that is to get a new password",
        ),
        switch("Force", &[], "Leave out notes on standard error; waives no check"),
        REPORT,
        switch("WhatIf", &["wi"], "Show what would be written, and write nothing"),
        switch("Confirm", &["cf"], "Ask first; refused where nobody can answer"),
    ],
    exclusions: &[
        Exclusion { parameter: "FromComputer", other: "UserAccount", sentence: NOT_WITH_USER },
        Exclusion { parameter: "ToComputer", other: "UserAccount", sentence: NOT_WITH_USER },
    ],
};

pub(super) fn run(bound: &Bound, flags: SetFlags, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let started = (io.now)();
    let path = flags.common.bundle(io)?;
    let report = bound.text("Report").map(|file| ReportFile::new(file, &path)).transpose()?;
    let wish = match (bound.text("FromComputer"), bound.text("ToComputer"), bound.text("UserAccount")) {
        (_, _, Some(account)) => Wish::SetPassword(account.to_owned()),
        (from, to, None) => {
            let to = to.map(|t| CopyTarget::Computer(t.to_owned())).into_iter().collect();
            Wish::Sync(CopyWish { from: from.unwrap_or_default().to_owned(), to, except: Vec::new(), ready_only: false })
        }
    };
    let bundle = PlannedBundle {
        bundle: path.clone(),
        config: flags.common.config,
        operator: flags.operator,
        operator_unproved: flags.operator_unproved,
        accept_inferred_protection: flags.accept_inferred_protection,
    };
    let dry = DryRun { what_if: bound.is_on("WhatIf"), detailed_exitcode: false };
    let shown = Shown { format: flags.format, verbose: u8::from(bound.is_on("Verbose")) };
    let mut asker = Asker { ask: bound.is_on("Confirm") && !dry.what_if, seen: Seen { dry: dry.what_if, ..Seen::default() } };
    let quiet = flags.common.global.quiet;
    let ended = plan::run(&bundle, &wish, &dry, &shown, &mut asker, quiet, io);
    if let Some(report) = &report {
        let document = set_report::report(&wish, &path, &asker.seen, &ended, (started, (io.now)()));
        if let Err(failure) = report.write(&document) {
            let failure = failure
                .hint("only the report is missing: the run ended as told before, and `kerbsync status` on the bundle tells it again");
            return unreported(failure, ended, io);
        }
    }
    if !bound.is_on("Force") {
        notes(&wish, &path, &asker.seen, report.as_ref(), io);
    }
    ended
}

/// A report that could not be written is told, and hides nothing that is worse.
fn unreported(failure: Failure, ended: Result<Exit, Failure>, io: &mut Io<'_>) -> Result<Exit, Failure> {
    match ended {
        Ok(Exit::Done) => Err(failure),
        ended => {
            io.failure(&failure);
            ended
        }
    }
}

/// What a user of the cmdlet must know and would not expect.
fn notes(wish: &Wish, path: &std::path::Path, seen: &Seen, report: Option<&ReportFile>, io: &mut Io<'_>) {
    if seen.outcome.as_ref().is_some_and(|o| o.run.is_some()) {
        io.note(&format!("only files of '{}' were written; the product was not asked", path.display()));
    }
    if let (Wish::SetPassword(account), Some(_)) = (wish, &seen.refused)
        && !account.contains(['\\', '@'])
    {
        io.note("a Unix shell removes a backslash that is not quoted: -UserAccount 'litwareinc\\kerberostest'");
    }
    if let Some(report) = report {
        io.note(&report.told());
    }
}

/// Asks before anything is written, and keeps what the report tells.
struct Asker {
    ask: bool,
    seen: Seen,
}

impl Front for Asker {
    fn refused(&mut self, refused: &Refused, opened: &OpenedBundle) {
        self.seen.refused = Some(refused.clone());
        let read = |d: &Document| InputRow::from(&kerbsync_report::format::Input::from(d));
        self.seen.inputs = opened.inventory.documents.iter().map(read).collect();
    }

    fn planned(&mut self, plan: &Plan, io: &mut Io<'_>) -> Result<(), Failure> {
        self.seen.plan = Some(plan.clone());
        if self.ask && !plan.is_empty() { confirmed(plan, io) } else { Ok(()) }
    }

    fn notes_copies(&self) -> bool {
        false
    }

    fn carried_out(&mut self, outcome: &RunOutcome) {
        self.seen.outcome = Some(outcome.clone());
    }
}

/// PowerShell's question, once for the whole run: its parts belong together.
fn confirmed(plan: &Plan, io: &mut Io<'_>) -> Result<(), Failure> {
    let mut question = String::from("\nConfirm\nAre you sure you want to perform this action?\n");
    for target in plan.steps.iter().map(|s| &s.server).chain(plan.directory.iter().map(|d| &d.account)) {
        let target = kerbsync_report::render::clean(target);
        question += &format!("Performing the operation \"{}\" on target \"{target}\".\n", SET.name);
    }
    question += "[Y] Yes  [N] No  [?] Help (default is \"Y\"): ";
    loop {
        let Some(answer) = io.ask(&question) else {
            return Err(Failure::new(Exit::Refused, "-Confirm asks a question, and nobody is there to answer: nothing was written")
                .hint("run it in a terminal, or leave -Confirm out; -WhatIf shows what would be written"));
        };
        match answer.to_ascii_lowercase().as_str() {
            "" | "y" | "yes" => return Ok(()),
            "n" | "no" => return Err(Failure::new(Exit::Refused, "the answer was no: nothing was written")),
            _ => question = "Y carries all of it out; N writes nothing.\n[Y] Yes  [N] No  [?] Help (default is \"Y\"): ".to_owned(),
        }
    }
}
