//! `Test-CsKerberosAccountAssignment`: the audit of one site, in the words of the product where there are any, and with a verdict, which the
//! product lacks.

use super::own::TestFlags;
use super::parameters::Bound;
use super::report_file::ReportFile;
use super::table::{Cmdlet, Kind, Member, Parameter, REPORT};
use super::{site, test_report};
use crate::commands::audit::audit_of;
use crate::config::{self, Bundle};
use crate::failure::Failure;
use crate::output::Outputs;
use crate::reading::read_paths;
use crate::{Exit, Io, exit};
use kerbsync_report::format::Report;
use kerbsync_report::render::TextOptions;

pub(super) static TEST: Cmdlet = Cmdlet {
    name: "Test-CsKerberosAccountAssignment",
    synopsis: "Tests the Kerberos account of a site: its service principal names, and every web server's copy of it.\n\
               Works on the exports in a bundle; no server is contacted.",
    sets: &["Default"],
    parameters: &[
        Parameter {
            name: "Identity",
            aliases: &[],
            kind: Kind::Identity,
            within: &[Member { set: "Default", position: None, mandatory: true }],
            help: "The site, such as site:Redmond; no wildcards",
        },
        REPORT,
    ],
    exclusions: &[],
};

pub(super) fn run(bound: &Bound, flags: TestFlags, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let started = (io.now)();
    let TestFlags { common, mut output, reference, gate, now } = flags;
    let now = config::now(now.as_deref(), io)?;
    let gate = config::Gate::from(gate);
    output.verbose = output.verbose.max(u8::from(bound.is_on("Verbose")));
    let outputs = Outputs::new(output)?;
    let path = common.bundle(io)?;
    let file = bound.text("Report").map(|file| ReportFile::new(file, &path)).transpose()?;
    let reference = reference.as_deref().map(config::reference).transpose()?;
    let bundle = Bundle { config: common.config, reference, ..Bundle::of(vec![path.clone()]) };
    let read = read_paths(bundle, common.global.quiet, io)?;
    let inventory = &read.inventory;
    let site = site::find(inventory, TEST.name, bound.text("Identity").unwrap_or_default())?;
    let id = &site.id.value;
    let servers: Vec<_> = inventory.pools_of(id).flat_map(|p| &p.computers).map(|c| c.fqdn.value.clone()).collect();
    let report = audit_of(&read, now, &gate, Some(&servers), |audit| site::narrow(audit, inventory, site))?.of_site(id.as_str());
    let tested = test_report::Tested { report: &report, inventory, site };
    let told = file.as_ref().map(ReportFile::told);
    outputs.write(&report, |_: &Report, view: &TextOptions| tested.text(view, told.as_deref()), io)?;
    if let Some(file) = &file {
        file.write(&tested.report(&path, started, (io.now)()))?;
    }
    Ok(exit::of_audit(&report))
}
