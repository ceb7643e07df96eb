//! `collect`: an ordinary bundle from the live system.

use super::bundle::Bundle;
use super::operator::{authentication, operator};
use crate::args::{CollectArgs, WhichDomains};
use crate::config::Bundle as Inputs;
use crate::failure::Failure;
use crate::output::{folder_is_empty, make_folder};
use crate::progress::Bar;
use crate::reading::{read_file, read_paths};
use crate::{Exit, Io};
use kerbsync_collect::Progress as _;
use kerbsync_inventory::Inventory;
use kerbsync_live::{CollectRequest, DirectoryRequest, DirectoryUrl, DriveRoot, OtherDomains, Reach, Trust};
use kerbsync_names::Fqdn;
use kerbsync_source::count;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

pub(in crate::commands) fn run(args: &CollectArgs, quiet: bool, io: &mut Io<'_>) -> Result<Exit, Failure> {
    if args.unc && !cfg!(windows) {
        return Err(Failure::usage(
            r"--unc reads \\server\C$ as Windows does, with the rights of whoever is logged on: this is no Windows",
        )
        .hint("leave it out: the servers are read over SMB, with --user or a ticket cache"));
    }
    if !args.resume && !folder_is_empty(&args.output)? {
        return Err(Failure::usage(format!("there is something in '{}' already", args.output.display()))
            .hint("name a new folder, or go on with what was begun there: --resume"));
    }
    let urls = args.directory.iter().map(|url| DirectoryUrl::parse(url)).collect::<Result<Vec<_>, _>>();
    let urls = urls.map_err(|e| Failure::usage(e.to_string()))?;
    let asked = servers(args, io)?;
    let request = request(args, urls, asked, io)?;
    make_folder(&args.output)?;
    let bar = Bar::of(io.terminals.1 && !quiet, "collecting", "servers");
    bar.total(request.servers.len() as u64 + u64::from(request.directory.is_some()));
    let bundle = Bundle::open(&args.output, args.resume, bar, (io.now)())?;
    for path in &args.topology {
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let place = if name == "kerbsync.toml" { name } else { format!("topology/{name}") };
        bundle.put(&place, &read_file(path)?)?;
    }
    let bundle = Arc::new(bundle);
    let sink: Arc<dyn kerbsync_live::FileSink> = Arc::clone(&bundle) as _;
    kerbsync_live::collect(&request, &sink).map_err(|e| Failure::new(Exit::Refused, e.to_string()))?;
    drop(sink);
    let account = Arc::into_inner(bundle).map(Bundle::finish).transpose()?;
    let Some(account) = account else { return Err(Failure::unwritten("the bundle is still in use")) };
    for note in &account.notes {
        io.warning(note, &[]);
    }
    for missed in &account.missing {
        io.warning(&format!("not collected: {} ({})", missed.path, missed.reason), &[]);
    }
    tell(args, request.servers.len(), &account, io);
    Ok(match (account.fetched + account.kept, account.missing.is_empty()) {
        (0, _) => Exit::NothingChecked,
        (_, true) => Exit::Done,
        (_, false) => Exit::Input,
    })
}

fn request(args: &CollectArgs, urls: Vec<DirectoryUrl>, asked: Asked, io: &mut Io<'_>) -> Result<CollectRequest, Failure> {
    let mut urls = urls.into_iter();
    let main = urls.next();
    // Files are read as whoever is logged on; then only a directory wants to know who asks.
    let who = if args.unc && main.is_none() { None } else { Some(operator(&args.operator, io)?) };
    let reach = match who.clone().filter(|_| !args.unc) {
        Some(operator) => Reach::Smb { operator, authentication: authentication(&args.operator) },
        None => Reach::Files(DriveRoot::unc()),
    };
    let directory = main.zip(who).map(|(url, operator)| DirectoryRequest {
        operator,
        url,
        others: urls.collect(),
        other_domains: match args.domains {
            WhichDomains::All => OtherDomains::All,
            WhichDomains::Needed => OtherDomains::Needed,
            WhichDomains::None => OtherDomains::None,
        },
        needed: asked.domains,
        trust: args.ca.clone().map_or(Trust::System, Trust::File),
    });
    Ok(CollectRequest {
        servers: asked.servers,
        reach,
        directory,
        kdc: args.operator.kdc.clone(),
        history: args.history,
        jobs: usize::from(args.patience.jobs),
        timeout: Duration::from_secs(args.patience.timeout.into()),
    })
}

fn tell(args: &CollectArgs, servers: usize, account: &super::bundle::Account, io: &mut Io<'_>) {
    let folder = args.output.display();
    let before = if account.kept > 0 { format!(", {} from before", account.kept) } else { String::new() };
    io.out(&format!("{} of {} collected into {folder}{before}\n", count(account.fetched, "file"), count(servers, "server")));
    if !account.missing.is_empty() {
        io.out(&format!(
            "{} could not be had; mend what hinders it and go on with: kerbsync collect --resume … -o {folder}\n",
            count(account.missing.len(), "file")
        ));
    }
    io.out(&format!(
        "Secrets of the servers are in these files, encrypted: keep them as you keep backups of servers.\nNext: kerbsync audit {folder}\n"
    ));
}

/// Whom to ask.
struct Asked {
    servers: Vec<Fqdn>,
    /// The domains of the accounts that are assigned, by their NetBIOS names.
    domains: Vec<String>,
}

/// The web servers to ask: of the topology, or of a list.
fn servers(args: &CollectArgs, io: &mut Io<'_>) -> Result<Asked, Failure> {
    if let Some(list) = &args.servers {
        return Ok(Asked { servers: listed(list)?, domains: Vec::new() });
    }
    let inventory = read_paths(Inputs::of(args.topology.clone()), true, io)?.inventory;
    let wanted: Vec<String> = args.site.iter().map(|s| s.to_lowercase()).collect();
    for site in &args.site {
        if !inventory.sites.iter().any(|s| s.name.value.to_lowercase() == site.to_lowercase()) {
            let names: Vec<&str> = inventory.sites.iter().map(|s| s.name.value.as_str()).collect();
            return Err(Failure::new(Exit::Refused, format!("the topology has no site '{}'", kerbsync_source::Shown::of(site)))
                .hint(format!("its sites: {}", names.join(", "))));
        }
    }
    let mut servers: Vec<Fqdn> = web_servers(&inventory, &wanted);
    servers.sort();
    servers.dedup();
    if servers.is_empty() {
        return Err(Failure::new(Exit::NothingChecked, "the topology names no web server to ask")
            .hint("give a published topology: (Get-CsTopology -AsXml).ToString() > topology.xml, or a list with --servers"));
    }
    let accounts = inventory.assignments.iter().filter_map(|a| a.account.as_ref().ok());
    let mut domains: Vec<String> = accounts.map(|name| name.domain().to_owned()).collect();
    domains.sort();
    domains.dedup();
    Ok(Asked { servers, domains })
}

fn web_servers(inventory: &Inventory, sites: &[String]) -> Vec<Fqdn> {
    let of_site = |pool: &kerbsync_inventory::Pool| {
        sites.is_empty()
            || inventory.sites.iter().any(|s| pool.site.as_ref() == Some(&s.id.value) && sites.contains(&s.name.value.to_lowercase()))
    };
    let web = inventory.web_servers().filter(|(pool, _)| of_site(pool));
    web.filter_map(|(_, computer)| computer.fqdn.value.to_fqdn().ok()).map(|parsed| parsed.name).collect()
}

/// An FQDN a line; empty lines and those that begin with `#` are passed over.
fn listed(path: &Path) -> Result<Vec<Fqdn>, Failure> {
    let bytes = read_file(path)?;
    let text = String::from_utf8_lossy(&bytes);
    let lines = text.lines().map(str::trim).zip(1..).filter(|(line, _)| !line.is_empty() && !line.starts_with('#'));
    let parsed = lines.map(|(line, number)| {
        Fqdn::parse(line).map(|p| p.name).map_err(|e| Failure::new(Exit::Input, format!("{}, line {number}: {e}", path.display())))
    });
    let mut servers = parsed.collect::<Result<Vec<_>, _>>()?;
    servers.sort();
    servers.dedup();
    Ok(servers)
}
