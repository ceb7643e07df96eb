//! From the model to the files of the bundle.

use crate::estate::Estate;
use crate::judge;
use crate::model::{AssignmentForm, Model};
use crate::options::LabError;
use crate::plant::pool_spns;
use kerbsync_domains::bundle::{STATE_FILE, State};
use kerbsync_servers::Layout;
use kerbsync_topologies::log::{Spn, Tested, enable_topology, test_assignment};
use kerbsync_topologies::{
    BuilderOptions, Encoding, LineEnd, Listing, assignments_document, builder, clixml, csv, encode, json, listing, published,
};

/// The export of the directory.
const LDIF: &str = "directory/accounts.ldif";

pub(crate) fn render(mut model: Model) -> Result<Estate, LabError> {
    prove(&mut model);
    let truth = judge::truth(&model);
    let mut files = std::mem::take(&mut model.evidence.extra);
    topology(&model, &mut files);
    assignments(&model, &mut files);
    let ldif = kerbsync_domains::ldif(&model.directory);
    files.push((LDIF.to_owned(), encode(&ldif, Encoding::Utf8, LineEnd::CrLf)));
    files.push((STATE_FILE.to_owned(), directory_state(&model).to_json().into_bytes()));
    reports(&model, &mut files);
    files.push(("kerbsync.toml".to_owned(), settings(&model).into_bytes()));
    for server in &model.servers {
        files.extend(server.render()?);
    }
    files.sort_by(|a, b| a.0.cmp(&b.0));
    let mut secrets = model.foreign;
    for account in model.accounts {
        secrets.push(account.password);
        secrets.extend(account.earlier);
    }
    Ok(Estate { files, truth, secrets, now: model.now })
}

/// Which sites have a report of the product's own test. An account with a single server has nothing that its secret could be compared with:
/// there the test speaks. Beside that, every other estate in which all is well has one of its first site.
fn prove(model: &mut Model) {
    let of = |site: &String| model.web_clusters().filter(|c| c.site == *site).map(|c| c.machines.len()).sum::<usize>();
    let lone = model.accounts.iter().filter(|a| a.sites.iter().map(of).sum::<usize>() == 1);
    let mut tested: Vec<String> = lone.flat_map(|a| &a.sites).filter(|s| of(s) == 1).cloned().collect();
    if tested.is_empty() && model.planted.is_empty() && model.seed % 2 == 1 {
        tested.extend(model.accounts.first().and_then(|a| a.sites.first()).cloned());
    }
    model.evidence.tested = tested;
}

/// The directory as it lives on: the accounts that servers sign in with, their keys by one-way tags.
fn directory_state(model: &Model) -> State {
    let mut state = State::new(&model.directory.domain, model.seed, vec![LDIF.to_owned()]);
    for account in &model.accounts {
        let Some(object) = model.directory.account(&account.sam()).or_else(|| model.directory.account(account.short())) else { continue };
        let passwords = account.earlier.iter().rev().chain([&account.password]);
        state.add(object, &passwords.map(|p| p.reveal().as_bytes()).collect::<Vec<_>>());
    }
    state
}

fn topology(model: &Model, files: &mut Vec<(String, Vec<u8>)>) {
    let d = &model.deployment;
    if model.evidence.draft {
        let options = BuilderOptions { published: false, original: None, file_name: r"C:\Users\olivia\Documents\Contoso.tbxml" };
        files.push(("topology/Contoso.tbxml".to_owned(), encode(&builder(d, &options), Encoding::Utf8Bom, LineEnd::CrLf)));
    }
    // a draft beside an older published topology would not be the one that counts
    if !model.evidence.draft || model.evidence.drifted {
        files.push(("topology/DefaultTopology.xml".to_owned(), encode(&published(d), Encoding::Utf16Le, LineEnd::CrLf)));
    }
}

fn assignments(model: &Model, files: &mut Vec<(String, Vec<u8>)>) {
    let d = &model.deployment;
    let objects = || listing(d, Listing::Assignments);
    let (name, text, encoding) = match model.evidence.assignments {
        AssignmentForm::Clixml => ("assignments.xml", clixml(&objects()), Encoding::Utf16Le),
        AssignmentForm::Json => ("assignments.json", json(&objects()), Encoding::Utf8Bom),
        AssignmentForm::Csv => ("assignments.csv", csv(&objects(), ',', true, None), Encoding::Utf8),
        AssignmentForm::Anchored => ("assignments.xml", assignments_document(d), Encoding::Utf8),
    };
    files.push((format!("topology/{name}"), encode(&text, encoding, LineEnd::CrLf)));
}

fn reports(model: &Model, files: &mut Vec<(String, Vec<u8>)>) {
    let then = &model.evidence.unassigned_then;
    let mut spns = Vec::new();
    for cluster in model.web_clusters().filter(|c| !then.contains(&c.site)) {
        let Some(account) = model.account_of_site(&cluster.site) else { continue };
        // an override is registered by hand, not by Enable-CsTopology
        spns.extend(pool_spns(cluster).into_iter().take(1).map(|name| Spn {
            cluster: (cluster.site.clone(), cluster.number),
            name,
            object: model.account_dn(account),
            added: false,
        }));
    }
    let text = enable_topology(&model.deployment, model.evidence.enabled, then, &spns, None);
    files.push(("reports/Enable-CsTopology.xml".to_owned(), encode(&text, Encoding::Utf8Bom, LineEnd::CrLf)));
    for site in &model.evidence.tested {
        let (Some(account), Some(s)) = (model.account_of_site(site), model.deployment.site(site)) else { continue };
        let servers: Vec<Tested> = model
            .web_clusters()
            .filter(|c| c.site == *site)
            .flat_map(|c| &c.machines)
            .map(|m| Tested { server: m.clone(), valid: true })
            .collect();
        let text = test_assignment(&s.name, &account.name, model.days_ago(1), &servers, &[]);
        let path = format!("reports/Test-CsKerberosAccountAssignment-{site}.xml");
        files.push((path, encode(&text, Encoding::Utf8Bom, LineEnd::CrLf)));
    }
}

/// kerbsync.toml: what an administrator would declare, and that this is a simulated estate.
fn settings(model: &Model) -> String {
    let domain = &model.directory.domain;
    let mut text = String::from("# A simulated estate: nothing in it is real.\n\n");
    text.push_str("# A member of RTCUniversalServerAdmins, so that the commands that write run as they stand.\n");
    text.push_str(&format!("operator = '{}\\olivia'\n", domain.netbios));
    text.push_str(
        "# Values under IISWASOnlyAesProvider may be written, although their layout is inferred.\naccept_inferred_protection = true\n",
    );
    if model.servers.iter().any(|s| s.layout == Layout::SiteSection) {
        let section = kerbsync_servers::STAND_IN_SECTION;
        text.push_str("\n# The section in which the simulated servers keep the credential. Where the product keeps it is not public.\n");
        text.push_str(&format!("[[slots]]\nsection = \"{section}\"\naccount = \"userName\"\nsecret = \"password\"\n"));
    }
    text.push_str(&format!("\n[domains]\n{} = \"{}\"\n", domain.netbios, domain.dns));
    text.push_str("\n# The directory export holds every object of the domain.\n[directory]\ncomplete = true\n");
    text.push_str(&format!("\n[simulated]\nseed = {}\n", model.seed));
    text
}
