//! The estate as a picture (SVG): sites, their pools, and the state of each web server.

use super::audit::verdict_word;
use super::html_writer::HtmlWriter;
use super::map::{
    POOL_WIDTH, STYLE, account_of, all_web_servers, by_state, draw_pool, groups, pool_size, sign, site_name, state_words,
    without_web_servers,
};
use super::opening::proved;
use super::report_format::{Fingerprints, ReportFormat};
use super::told::{Standing, message, troubles, verdict_sentence};
use crate::format::{Report, State};

pub(super) static FORMAT: ReportFormat = ReportFormat {
    name: "svg",
    help: "The map of sites, pools and servers, as a picture",
    fingerprints: Fingerprints::Xml { before: "(", after: ")" },
    write: |report, _, out| out.write_all(svg(report).as_bytes()),
};

/// Pixels around everything.
const EDGE: usize = 24;
/// Pixels between pools.
const BETWEEN: usize = 28;
/// Pools in a row.
const ACROSS: usize = 3;
/// Width of the whole picture.
const WIDTH: usize = 2 * EDGE + ACROSS * POOL_WIDTH + (ACROSS - 1) * BETWEEN;
/// Characters of a line of text of 15 pixels.
const LINE: usize = 125;

/// The picture as a document of its own. What it shows in colours it also tells in words, and its description lists every finding.
fn svg(report: &Report) -> String {
    let mut body = HtmlWriter::new();
    let height = draw(&mut body, report);
    let (width, height) = (WIDTH.to_string(), height.to_string());
    let view = format!("0 0 {width} {height}");
    let mut svg = HtmlWriter::new();
    svg.raw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    svg.open(
        "svg",
        &[
            ("xmlns", "http://www.w3.org/2000/svg"),
            ("class", "map"),
            ("role", "img"),
            ("aria-labelledby", "title desc"),
            ("width", &width),
            ("height", &height),
            ("viewBox", &view),
        ],
    );
    svg.raw("\n");
    svg.element("title", &[("id", "title")], &format!("kerbsync: {}", verdict_word(report.summary.conclusion)));
    svg.raw("\n");
    svg.within("desc", &[("id", "desc")], |svg| {
        for line in described(report) {
            svg.text(&line);
            svg.raw("\n");
        }
    });
    svg.raw("\n<style>\n");
    svg.raw(STYLE);
    svg.raw("</style>\n");
    svg.empty("rect", &[("class", "back"), ("width", &width), ("height", &height)]);
    svg.raw("\n");
    svg.append(body);
    svg.raw("</svg>\n");
    svg.into_text()
}

/// What a reader who sees no picture is told: the verdict, what is wrong with the run, every finding.
fn described(report: &Report) -> Vec<String> {
    let mut lines = vec![verdict_sentence(report)];
    lines.extend(troubles(report).into_iter().map(|t| t.text));
    lines.extend(report.findings.iter().map(|f| {
        let concerned = f.server.as_deref().unwrap_or(&f.subject);
        format!("{} {} {concerned}: {} ({})", Standing::of(f).word(), f.code(), message(f), f.fingerprint)
    }));
    lines
}

/// Draws everything below one another; gives the height.
fn draw(svg: &mut HtmlWriter, report: &Report) -> usize {
    let mut y = EDGE + 20;
    let line = |svg: &mut HtmlWriter, class: &'static str, x: usize, y: usize, text: &str| {
        svg.element("text", &[("class", class), ("x", &x.to_string()), ("y", &y.to_string())], text);
        svg.raw("\n");
    };
    line(svg, "verdict", EDGE, y, verdict_word(report.summary.conclusion));
    for text in wrapped(&verdict_sentence(report)) {
        y += 22;
        line(svg, "sentence", EDGE, y, &text);
    }
    y += 22;
    line(svg, "dim", EDGE, y, &format!("{} {}, {}", report.tool.name, report.tool.version, report.time));
    y += 18;
    let mut x = EDGE;
    for (state, n) in by_state(report) {
        // What is merely equal is not called proved.
        let proof = match state {
            State::InSync => proved(all_web_servers(report).filter(|c| c.state == state)),
            _ => String::new(),
        };
        let text = format!("{n} {}{proof}", state_words(state));
        let width = 26 + text.len() * 8;
        if x > EDGE && x + width > WIDTH - EDGE {
            (x, y) = (EDGE, y + 28);
        }
        sign(svg, state, x, y);
        line(svg, "sentence", x + 26, y + 15, &text);
        x += width + BETWEEN;
    }
    y += 20;
    for (site, pools) in groups(report) {
        y += 40;
        line(svg, "site", EDGE, y, &site_name(site));
        y += 18;
        line(svg, "dim", EDGE, y, &account_of(site, report));
        for row in pools.chunks(ACROSS) {
            y += 30;
            for (n, pool) in row.iter().enumerate() {
                let x = EDGE + n * (POOL_WIDTH + BETWEEN);
                line(svg, "pool", x, y, &pool.fqdn);
                draw_pool(svg, pool, x, y + 10);
            }
            y += 10 + row.iter().map(|p| pool_size(p).1).max().unwrap_or(0);
        }
    }
    let rest =
        [("Without web servers", without_web_servers(report).join(", ")), ("In no topology", report.inventory.other_servers.join(", "))];
    for (what, names) in rest.iter().filter(|(_, names)| !names.is_empty()) {
        y += 14;
        for text in wrapped(&format!("{what}: {names}")) {
            y += 20;
            line(svg, "dim", EDGE, y, &text);
        }
    }
    y + EDGE
}

/// A sentence in lines that the picture has room for. A longer word keeps a line of its own.
fn wrapped(text: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let Some(last) = lines.last_mut() else { continue };
        if !last.is_empty() && last.chars().count() + 1 + word.chars().count() > LINE {
            lines.push(word.to_owned());
        } else {
            last.push_str(if last.is_empty() { "" } else { " " });
            last.push_str(word);
        }
    }
    lines
}
