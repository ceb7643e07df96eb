//! Founds an estate in which everything is in order.

mod forest;
mod machines;
mod sites;

pub(crate) use forest::computer;

use crate::model::{AssignmentForm, Evidence, KerberosAccount, Model, ago, usable};
use crate::options::{LabError, LabOptions};
use crate::rng::rng;
use kerbsync_servers::{Password, Product};
use kerbsync_topologies::{Assignment, Deployment};
use rand::RngExt;
use std::collections::BTreeSet;

/// DNS name of the domain of every estate.
pub(crate) const DOMAIN: &str = "contoso.com";

/// Its NetBIOS name.
pub(crate) const NETBIOS: &str = "CONTOSO";

/// Days since the accounts' passwords were set.
const PASSWORD_DAYS: i64 = 60;

/// Whether options are within bounds.
fn check(options: &LabOptions) -> Result<(), LabError> {
    if options.sites == 0 || options.servers == 0 {
        return Err(LabError::Empty);
    }
    if options.sites > 1_000 || options.servers > 20_000 {
        return Err(LabError::TooLarge { sites: options.sites, servers: options.servers });
    }
    if !usable(options) {
        return Err(LabError::Time(options.now));
    }
    Ok(())
}

/// The product that a seed draws.
fn product(options: &LabOptions) -> Product {
    match rng(options.seed, "product").random_range(0..10u8) {
        0 => Product::Lync2010,
        1 | 2 => Product::Lync2013,
        3..=6 => Product::Skype2015,
        _ => Product::Skype2019,
    }
}

/// The deployment of an estate with its assignments, all in order.
///
/// # Errors
/// Options out of bounds.
pub fn deployment(options: &LabOptions) -> Result<Deployment, LabError> {
    check(options)?;
    let mut deployment = sites::deployment(options, product(options));
    let accounts = accounts(options, &deployment);
    assign(&mut deployment, &accounts);
    Ok(deployment)
}

fn assign(deployment: &mut Deployment, accounts: &[KerberosAccount]) {
    for account in accounts {
        for site in &account.sites {
            deployment.assignments.push(Assignment { site: site.clone(), account: account.name.clone() });
        }
    }
    let order: Vec<String> = deployment.sites.iter().map(|s| s.id.clone()).collect();
    deployment.assignments.sort_by_key(|a| order.iter().position(|id| *id == a.site));
}

pub(crate) fn found(options: &LabOptions) -> Result<Model, LabError> {
    check(options)?;
    let product = product(options);
    let mut deployment = sites::deployment(options, product);
    let accounts = accounts(options, &deployment);
    assign(&mut deployment, &accounts);
    let form = match rng(options.seed, "assignments").random_range(0..6u8) {
        0..=2 => AssignmentForm::Clixml,
        3 => AssignmentForm::Json,
        4 => AssignmentForm::Csv,
        _ => AssignmentForm::Anchored,
    };
    let (servers, homes) = machines::servers(options, product, &deployment, &accounts)?;
    let directory = forest::directory(options, &deployment, &accounts, PASSWORD_DAYS);
    Ok(Model {
        seed: options.seed,
        now: options.now,
        deployment,
        accounts,
        servers,
        homes,
        directory,
        evidence: Evidence {
            assignments: form,
            draft: false,
            drifted: false,
            enabled: ago(options.now, 3),
            unassigned_then: Vec::new(),
            tested: Vec::new(),
            dated_before: Vec::new(),
            not_its_own: Vec::new(),
            waivers: Vec::new(),
            extra: Vec::new(),
        },
        planted: Vec::new(),
        consequences: Vec::new(),
        foreign: Vec::new(),
        used: BTreeSet::new(),
    })
}

/// The first two sites with web servers share an account, every further one has its own; a site with a single web server joins the one
/// before it, so that there is something to compare with.
fn accounts(options: &LabOptions, deployment: &Deployment) -> Vec<KerberosAccount> {
    let mut accounts: Vec<KerberosAccount> = Vec::new();
    for site in &deployment.sites {
        let servers: usize = deployment.clusters_of(&site.id).filter(|c| c.role.web().is_some()).map(|c| c.machines.len()).sum();
        if servers == 0 {
            continue;
        }
        let joins = accounts.len() == 1 && accounts[0].sites.len() == 1 || servers < 2;
        match accounts.last_mut() {
            Some(last) if joins => last.sites.push(site.id.clone()),
            _ => {
                let number = accounts.len() + 1;
                let short = if number == 1 { "KerbAuth".to_owned() } else { format!("KerbAuth{number:02}") };
                let mut rng = rng(options.seed, &format!("passwords of {short}"));
                accounts.push(KerberosAccount {
                    name: format!("{NETBIOS}\\{short}"),
                    sites: vec![site.id.clone()],
                    password: Password::draw(&mut rng),
                    earlier: (0..3).map(|_| Password::draw(&mut rng)).collect(),
                });
            }
        }
    }
    accounts
}
