//! `simulate clients`: what users see who sign in at each web server of a bundle.

mod facts;
mod show;

use crate::args::{ClientsArgs, Format};
use crate::commands::tool;
use crate::config::{self, Bundle};
use crate::failure::Failure;
use crate::reading::read_paths;
use crate::{Exit, Io};
use kerbsync_clients::{Client, SignIn, sign_in};
use kerbsync_report::render::json;
use serde::Serialize;
use std::collections::BTreeMap;

/// What the document calls itself.
const SCHEMA: &str = "kerbsync.clients/v1";

/// What was seen.
#[derive(Debug, Serialize)]
struct Report {
    schema: &'static str,
    tool: kerbsync_report::format::Tool,
    /// The time that ages are measured against.
    now: String,
    ticket_age_hours: f64,
    ticket_lifetime_hours: f64,
    ntlm: bool,
    servers: Vec<Seen>,
    summary: BTreeMap<&'static str, usize>,
    /// Pools whose servers answer differently: users there see now this and now that.
    uneven_pools: Vec<String>,
    /// What was taken for true without proof: sentences.
    assumptions: Vec<String>,
}

/// What is seen at one server.
#[derive(Debug, Serialize)]
struct Seen {
    site: Option<String>,
    pool: String,
    fqdn: String,
    account: Option<String>,
    /// Hours since the account's password was set.
    password_age_hours: Option<f64>,
    state: &'static str,
    outcome: &'static str,
    #[serde(skip)]
    text: &'static str,
    reason: String,
}

pub(super) fn run(args: ClientsArgs, quiet: bool, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let now = config::now(args.now.as_deref(), io)?;
    let read = read_paths(Bundle::try_from(args.bundle)?, quiet, io)?;
    if read.inventory.documents.is_empty() && !read.not_opened.is_empty() {
        // Why is told already; a report on nothing would only hide it.
        return Ok(Exit::Input);
    }
    let client = Client { ticket_age: Some(args.ticket_age), lifetime: args.ticket_lifetime, ntlm: !args.no_ntlm };
    let facts = facts::of(&read.inventory, now);
    let servers: Vec<Seen> = facts
        .iter()
        .map(|f| {
            let seen = sign_in(&f.server, &f.service, &client);
            Seen {
                site: f.site.clone(),
                pool: f.pool.clone(),
                fqdn: f.fqdn.clone(),
                account: f.account.clone(),
                password_age_hours: f.service.changed.map(|c| hours(c.as_secs())),
                state: f.state,
                outcome: seen.outcome.name(),
                text: seen.outcome.text(),
                reason: seen.reason,
            }
        })
        .collect();
    let report = Report {
        schema: SCHEMA,
        tool: tool(),
        now: now.to_string(),
        ticket_age_hours: hours(args.ticket_age.as_secs()),
        ticket_lifetime_hours: hours(args.ticket_lifetime.as_secs()),
        ntlm: client.ntlm,
        summary: SignIn::ALL.map(|o| (o.name(), servers.iter().filter(|s| s.outcome == o.name()).count())).into(),
        uneven_pools: uneven(&servers),
        assumptions: facts::assumptions(&read.inventory),
        servers,
    };
    let text = match args.format {
        Format::Text => show::text(&report),
        Format::Json => json(&report).map_err(|e| Failure::usage(format!("the result cannot be put into JSON: {e}")))?,
    };
    io.out(&text);
    Ok(if !read.not_opened.is_empty() {
        Exit::Input
    } else if report.servers.is_empty() {
        Exit::NothingChecked
    } else {
        Exit::Done
    })
}

/// Pools whose servers answer differently, in order.
fn uneven(servers: &[Seen]) -> Vec<String> {
    let mut pools: Vec<&str> = servers.iter().map(|s| s.pool.as_str()).collect();
    pools.dedup();
    let differ = |pool: &&str| {
        let mut seen = servers.iter().filter(|s| s.pool == **pool && s.outcome != SignIn::Unknown.name()).map(|s| s.outcome);
        let first = seen.next();
        seen.any(|o| Some(o) != first)
    };
    pools.into_iter().filter(differ).map(str::to_owned).collect()
}

/// Hours of a number of seconds, with two places.
#[expect(clippy::cast_precision_loss, reason = "seconds of any age of a password are exact in a float")]
fn hours(seconds: u64) -> f64 {
    (seconds as f64 / 36.0).round() / 100.0
}
