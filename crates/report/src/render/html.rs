//! The audit report as one page of HTML that stands by itself: it loads nothing, and its policy lets it load nothing. Everything can be read
//! without its script, which sorts and filters; without colours; on paper, and by a screen reader.

mod checked;
mod findings;
mod guides;

use super::assessed::assessed;
use super::audit::{LOOKED_FOR, verdict_word};
use super::html_writer::HtmlWriter;
use super::map::{self, account_of, by_state, draw_pool, groups, pool_size, sign, site_name, state_meaning, state_words};
use super::opening::{concerned, failures, foremost, names, proved, subject};
use super::report_format::{Fingerprints, ReportFormat};
use super::text_writer::count;
use super::told::{troubles, verdict_sentence};
use crate::format::{Conclusion, Finding, Outcome, Pool, Report, State};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kerbsync_audit::Profiles;
use kerbsync_source::Text;
use sha2::{Digest, Sha256};

pub(super) static FORMAT: ReportFormat = ReportFormat {
    name: "html",
    help: "One page for people and auditors, that stands by itself",
    fingerprints: Fingerprints::Lines { before: "<code class=\"fingerprint\">", after: "</code></p>" },
    write: |report, _, out| out.write_all(html(report).as_bytes()),
};

const STYLE: &str = include_str!("html/page.css");
const SCRIPT: &str = include_str!("html/page.js");
/// Rules told of what is wrong, on the first screen.
const RULES: usize = 8;

/// The page, UTF-8.
fn html(report: &Report) -> String {
    let mut page = HtmlWriter::new();
    head(&mut page, report);
    page.raw("<body>\n<a class=\"skip\" href=\"#findings\">To the findings</a>\n");
    top(&mut page, report);
    page.raw("<main>\n");
    summary(&mut page, report);
    the_map(&mut page, report);
    about(&mut page, report);
    findings::findings(&mut page, report);
    checked::servers(&mut page, report);
    let rules = assessed(report);
    checked::checked(&mut page, report, &rules);
    checked::coverage(&mut page, report);
    guides::guides(&mut page, report);
    checked::controls(&mut page, &rules);
    checked::inputs(&mut page, report);
    page.raw("</main>\n<footer>");
    page.text(&format!(
        "Written by {} {}. Ages were measured against {}. The audit read exported files and contacted no server.",
        report.tool.name,
        report.tool.version,
        time(report)
    ));
    page.raw("</footer>\n<script>");
    page.raw(SCRIPT);
    page.raw("</script>\n</body>\n</html>\n");
    page.into_text()
}

/// `2026-05-01 12:00:00 UTC`.
fn time(report: &Report) -> String {
    report.time.replace('T', " ").replace('Z', " UTC")
}

fn head(page: &mut HtmlWriter, report: &Report) {
    page.raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    // What stands in the page is named by its digest, and everything else is forbidden.
    let hash = |text: &str| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)));
    let (style, script) = (hash(&format!("{}{STYLE}", map::STYLE)), hash(SCRIPT));
    let policy = format!("default-src 'none'; style-src {style}; script-src {script}; base-uri 'none'; form-action 'none'");
    page.open("meta", &[("http-equiv", "Content-Security-Policy"), ("content", &policy)]);
    page.raw("\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    page.raw("<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n");
    page.element("title", &[], &format!("{}: audit of {}", verdict_word(report.summary.conclusion), short(report)));
    page.raw("\n<style>");
    page.raw(map::STYLE);
    page.raw(STYLE);
    page.raw("</style>\n</head>\n");
}

/// What was audited, in a few words.
const fn short(report: &Report) -> &'static str {
    match report.profile {
        Profiles::Default => "the Kerberos account",
        Profiles::Stig => "the hardening of IIS on servers",
        Profiles::All => "the Kerberos account, and of the hardening of IIS, on servers",
    }
}

fn top(page: &mut HtmlWriter, report: &Report) {
    page.raw("<header>\n");
    page.element("h1", &[], &format!("Audit of {} of Lync and Skype for Business", short(report)));
    page.raw("\n");
    let s = &report.summary;
    let estate = [count(s.sites, "site"), count(s.pools, "pool"), count(s.web_servers, "web server"), count(report.inputs.len(), "file")];
    page.element("p", &[("class", "dim")], &format!("{}. As of {}.", Text::join(estate, ", "), time(report)));
    page.raw("\n<nav aria-label=\"Parts of this page\"><ul>\n");
    let parts = [
        ("findings", "Findings"),
        ("servers", "Servers"),
        ("checked", "What was checked"),
        ("coverage", "What was not"),
        ("guides", "Guides"),
        ("controls", "Controls"),
        ("inputs", "Inputs"),
    ];
    let none = |id: &str| {
        (id == "guides" && report.guides.is_empty())
            || (id == "servers" && by_state(report).is_empty())
            || (id == "controls" && report.verdicts.is_empty())
    };
    for (id, name) in parts.iter().filter(|(id, _)| !none(id)) {
        page.within("li", &[], |page| page.element("a", &[("href", &format!("#{id}"))], name));
        page.raw("\n");
    }
    page.raw("</ul></nav>\n</header>\n");
}

/// What the verdict means to who decides what happens next.
const fn meaning(report: &Report) -> &'static str {
    match report.summary.conclusion {
        Conclusion::NothingChecked => "Nothing was checked: this report says nothing about the servers.",
        Conclusion::Findings if report.summary.failed.total() == 0 => {
            "Nothing was found wrong, but what could not be decided counts as failed in this run."
        }
        Conclusion::Findings => "Something is wrong and has to be mended.",
        Conclusion::Incomplete => "Nothing that counts as failed was found, but not everything could be checked.",
        Conclusion::BelowThreshold => "Nothing that counts as failed was found. There are lesser findings.",
        Conclusion::Clean => "Everything was checked, and nothing is wrong.",
    }
}

/// The first screen: the verdict, what is wrong, what to do first.
fn summary(page: &mut HtmlWriter, report: &Report) {
    let tone = match report.summary.conclusion {
        Conclusion::NothingChecked | Conclusion::Findings => "bad",
        Conclusion::Incomplete | Conclusion::BelowThreshold => "doubtful",
        Conclusion::Clean => "good",
    };
    page.open("section", &[("id", "verdict"), ("class", &format!("verdict {tone}")), ("aria-label", "Verdict")]);
    page.raw("\n");
    page.element("h2", &[], verdict_word(report.summary.conclusion));
    page.raw("\n");
    page.element("p", &[("class", "lead")], meaning(report));
    page.raw("\n");
    page.element("p", &[], &format!("{} {}", verdict_sentence(report), servers(report)));
    page.raw("\n</section>\n");
    if report.summary.conclusion == Conclusion::NothingChecked {
        looked_for(page);
        return;
    }
    page.raw("<div class=\"two\">\n<section>\n<h2>What is wrong</h2>\n");
    wrong(page, report);
    page.raw("</section>\n");
    first_step(page, report);
    page.raw("</div>\n");
}

/// What can be audited, for who gave nothing of it.
fn looked_for(page: &mut HtmlWriter) {
    page.raw("<section>\n<h2>What was looked for</h2>\n<ul>\n");
    for (what, how) in LOOKED_FOR {
        page.within("li", &[], |page| {
            page.element("strong", &[], what);
            page.text(&format!(": {how}"));
        });
        page.raw("\n");
    }
    page.raw("</ul>\n</section>\n");
}

/// What a reader of findings alone would not know.
fn about(page: &mut HtmlWriter, report: &Report) {
    let told = troubles(report);
    if !told.is_empty() {
        page.raw("<section>\n<h2>About this run</h2>\n<ul>\n");
        for trouble in told {
            page.element("li", &[], &trouble.text);
            page.raw("\n");
        }
        page.raw("</ul>\n</section>\n");
    }
}

/// How the web servers stand, without a word of the trade.
fn servers(report: &Report) -> String {
    let counts = by_state(report);
    if counts.is_empty() {
        return "No web server is known from a topology.".to_owned();
    }
    let all: usize = counts.iter().map(|(_, n)| n).sum();
    let parts: Vec<String> = counts
        .into_iter()
        .map(|(state, n)| match state {
            State::InSync => format!("{n} in sync{}", proved(map::all_web_servers(report).filter(|c| c.state == state))),
            State::Stale => format!("{n} with another password"),
            State::DifferentAccount => format!("{n} with another account"),
            State::NotConfigured => format!("{n} without the account"),
            State::Unknown => format!("{n} not known"),
            State::NotApplicable => format!("{n} that need no account"),
        })
        .collect();
    format!("Of {}: {}.", count(all, "web server"), parts.join(", "))
}

/// The rules that failed, each with whom it is about.
fn wrong(page: &mut HtmlWriter, report: &Report) {
    let failed: Vec<&Finding> = report.findings.iter().filter(|f| f.outcome == Outcome::Fail && f.waived.is_none()).collect();
    let of_rules: Vec<&[&Finding]> = failed.chunk_by(|a, b| (a.number, a.severity) == (b.number, b.severity)).collect();
    if of_rules.is_empty() {
        page.element("p", &[], &failures(report));
        page.raw("\n");
    }
    page.raw("<ul class=\"wrong\">\n");
    for of_rule in of_rules.iter().take(RULES) {
        let Some(first) = of_rule.first() else { continue };
        let (word, tone) = findings::standing(first);
        page.raw("<li>");
        page.element("span", &[("class", &format!("badge {tone}"))], word);
        page.raw(" ");
        page.element("a", &[("href", &format!("#{}", first.code()))], &first.title);
        page.text(&format!(": {}", names(of_rule.iter().map(|f| concerned(f)))));
        page.raw("</li>\n");
    }
    if let Some(more) = of_rules.len().checked_sub(RULES).filter(|n| *n > 0) {
        page.element("li", &[], &format!("and findings of {}, told below", count(more, "more rule")));
        page.raw("\n");
    }
    if report.summary.undecided > 0 {
        let open = report.verdicts.iter().filter(|v| v.outcome == Outcome::Unknown);
        page.raw("<li>");
        page.element("span", &[("class", "badge doubtful")], "not decided");
        let verb = if report.summary.undecided == 1 { "lacks" } else { "lack" };
        page.text(&format!(" {} {verb} evidence: {}", count(report.summary.undecided, "check"), names(open.map(subject))));
        page.raw("</li>\n");
    }
    page.raw("</ul>\n");
}

fn first_step(page: &mut HtmlWriter, report: &Report) {
    let Some((finding, help)) = foremost(report).and_then(|f| Some((f, f.help.as_ref()?))) else { return };
    page.raw("<section>\n<h2>");
    page.raw(if finding.outcome == Outcome::Fail { "What to do first" } else { "What would decide it" });
    page.raw("</h2>\n");
    page.within("p", &[], |page| {
        page.element("a", &[("href", &format!("#{}", finding.code()))], &finding.title);
        page.text(&format!(": {}.", concerned(finding)));
    });
    page.raw("\n");
    findings::to_do(page, help);
    page.raw("</section>\n");
}

/// Sites, pools and servers with their states.
fn the_map(page: &mut HtmlWriter, report: &Report) {
    let groups = groups(report);
    if groups.is_empty() {
        return;
    }
    page.raw("<section id=\"map\">\n<h2>The web servers and their state</h2>\n");
    page.raw("<p>Users sign in through these servers. Kerberos works where a server holds the password that Active Directory holds of its site's account.</p>\n<ul class=\"legend\">\n");
    for (state, n) in by_state(report) {
        page.raw("<li><svg class=\"map\" width=\"20\" height=\"20\" viewBox=\"0 0 20 20\" aria-hidden=\"true\">");
        sign(page, state, 0, 0);
        page.raw("</svg> ");
        page.element("strong", &[], &format!("{n} {}", state_words(state)));
        // The word of the other formats, where it is another one.
        let word = if state.word().replace('-', " ") == state_words(state) { String::new() } else { format!(" ({})", state.word()) };
        page.text(&format!("{word}: {}", state_meaning(state)));
        page.raw("</li>\n");
    }
    page.raw("</ul>\n");
    for (site, pools) in groups {
        page.raw("<section class=\"site\">\n");
        page.element("h3", &[], &site_name(site));
        page.raw("\n");
        page.element("p", &[("class", "dim")], &account_of(site, report));
        page.raw("\n<div class=\"pools\">\n");
        pools.into_iter().for_each(|p| pool(page, p));
        page.raw("</div>\n</section>\n");
    }
    for (what, all) in [("Sites without web servers", map::without_web_servers(report)), ("Servers of no topology", others(report))] {
        if !all.is_empty() {
            page.element("p", &[("class", "dim")], &format!("{what}: {}.", all.join(", ")));
            page.raw("\n");
        }
    }
    page.raw("</section>\n");
}

fn others(report: &Report) -> Vec<&str> {
    report.inventory.other_servers.iter().map(String::as_str).collect()
}

fn pool(page: &mut HtmlWriter, pool: &Pool) {
    let (width, height) = pool_size(pool);
    let (width, height) = (width.to_string(), height.to_string());
    let view = format!("0 0 {width} {height}");
    let told: Vec<String> = map::web_servers(pool).map(|c| format!("{} {}", c.fqdn, state_words(c.state))).collect();
    let label = format!("Pool {}: {}", pool.fqdn, told.join(", "));
    page.raw("<figure>\n");
    page.element("figcaption", &[], &pool.fqdn);
    page.raw("\n");
    let attributes =
        [("class", "map"), ("role", "img"), ("aria-label", &label), ("width", &width), ("height", &height), ("viewBox", &view)];
    page.within("svg", &attributes, |page| draw_pool(page, pool, 0, 0));
    page.raw("\n</figure>\n");
}
