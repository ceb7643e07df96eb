//! A pool as a picture: a tile for each of its web servers, with a sign and a word for its state, so that colour is not needed to read it.

use crate::format::{Basis, Computer, Pool, State};
use crate::render::html_writer::{Attributes, HtmlWriter};
use crate::render::text_writer::columns;

/// Pixels of a tile.
const WIDTH: usize = 148;
const HEIGHT: usize = 44;
/// Pixels between tiles.
const GAP: usize = 8;
/// Tiles in a row.
const ACROSS: usize = 2;
/// Columns of a name that a tile has room for: as many as a NetBIOS name has.
const ROOM: usize = 15;

/// Width of the widest pool's picture, in pixels.
pub(in crate::render) const POOL_WIDTH: usize = ACROSS * WIDTH + (ACROSS - 1) * GAP;

/// Width and height of a pool's picture, in pixels.
pub(in crate::render) fn pool_size(pool: &Pool) -> (usize, usize) {
    let servers = web_servers(pool).count();
    let (columns, rows) = (servers.clamp(1, ACROSS), servers.div_ceil(ACROSS).max(1));
    (columns * WIDTH + (columns - 1) * GAP, rows * HEIGHT + (rows - 1) * GAP)
}

/// The computers of a pool that run Web Services.
pub(in crate::render) fn web_servers(pool: &Pool) -> impl Iterator<Item = &Computer> {
    pool.computers.iter().filter(|c| c.web_server)
}

/// The state in words for people.
pub(in crate::render) const fn state_words(state: State) -> &'static str {
    match state {
        State::InSync => "in sync",
        State::Stale => "other password",
        State::DifferentAccount => "other account",
        State::NotConfigured => "not configured",
        State::Unknown => "not known",
        State::NotApplicable => "no account needed",
    }
}

/// What a state means, for who has never met the product.
pub(in crate::render) const fn state_meaning(state: State) -> &'static str {
    match state {
        State::InSync => "holds the same password of the site's account as the one it was compared with",
        State::Stale => "holds another password of the account than the one it was compared with",
        State::DifferentAccount => "holds another account than the one that its site is assigned",
        State::NotConfigured => "was read, and holds no account where one is expected",
        State::Unknown => "could not be judged from the files that were given",
        State::NotApplicable => "its site has no account, so that there is nothing to hold",
    }
}

/// What a server in a state is in the end: `good`, `bad`, `doubtful` or `plain`.
pub(in crate::render) const fn tone(state: State) -> &'static str {
    match state {
        State::InSync => "good",
        State::Stale | State::DifferentAccount => "bad",
        State::NotConfigured | State::Unknown => "doubtful",
        State::NotApplicable => "plain",
    }
}

/// The words below a server's name. What is in sync is proved, or merely equal to others.
fn words(computer: &Computer) -> &'static str {
    match (computer.state, computer.basis) {
        (State::InSync, Basis::Directory | Basis::ProductReport) => "in sync, proved",
        (State::InSync, Basis::Plurality) => "equal to most",
        (state, _) => state_words(state),
    }
}

/// The tiles of a pool at a point of a picture.
pub(in crate::render) fn draw_pool(svg: &mut HtmlWriter, pool: &Pool, x: usize, y: usize) {
    for (n, computer) in web_servers(pool).enumerate() {
        let (column, row) = (n % ACROSS, n / ACROSS);
        tile(svg, computer, x + column * (WIDTH + GAP), y + row * (HEIGHT + GAP));
    }
}

fn tile(svg: &mut HtmlWriter, computer: &Computer, x: usize, y: usize) {
    let attributes = [("class", format!("tile {}", tone(computer.state))), ("transform", format!("translate({x} {y})"))];
    svg.within("g", &attributes.each_ref().map(|(name, value)| (*name, value.as_str())), |svg| {
        let reason = computer.reason.as_ref().map(|r| format!(". {r}")).unwrap_or_default();
        svg.element("title", &[], &format!("{}: {}{reason}", computer.fqdn, words(computer)));
        let (width, height) = ((WIDTH - 1).to_string(), (HEIGHT - 1).to_string());
        svg.empty("rect", &[("class", "box"), ("x", "0.5"), ("y", "0.5"), ("width", &width), ("height", &height), ("rx", "5")]);
        sign(svg, computer.state, 6, 12);
        svg.element("text", &[("class", "host"), ("x", "32"), ("y", "19")], &shortened(&computer.fqdn));
        svg.element("text", &[("class", "word"), ("x", "32"), ("y", "34")], words(computer));
    });
    svg.raw("\n");
}

/// The sign of a state, 20 pixels wide and high: each has a shape of its own.
pub(in crate::render) fn sign(svg: &mut HtmlWriter, state: State, x: usize, y: usize) {
    let at = format!("translate({x} {y})");
    let class = format!("sign {}", tone(state));
    svg.within("g", &[("class", &class), ("transform", &at)], |svg| {
        let shape: (&'static str, Attributes<'_>) = match state {
            State::InSync => ("circle", &[("cx", "10"), ("cy", "10"), ("r", "9")]),
            State::Stale => ("path", &[("d", "M10 1 19.5 18.5H.5Z")]),
            State::DifferentAccount => ("path", &[("d", "M10 .5 19.5 10 10 19.5 .5 10Z")]),
            State::NotConfigured => ("rect", &[("x", "1.5"), ("y", "1.5"), ("width", "17"), ("height", "17"), ("rx", "2")]),
            State::Unknown => ("circle", &[("cx", "10"), ("cy", "10"), ("r", "8.5"), ("class", "open")]),
            State::NotApplicable => ("circle", &[("cx", "10"), ("cy", "10"), ("r", "8.5"), ("class", "open")]),
        };
        svg.empty(shape.0, shape.1);
        let mark: &'static str = match state {
            State::InSync => "M5.5 10.5 8.7 13.7 14.7 7",
            State::Stale => "M10 7.5V12.5M10 14.6V16",
            State::DifferentAccount => "M6 8.2H14M6 11.8H14M12.2 5.8 7.8 14.2",
            State::NotConfigured => "M6.5 6.5 13.5 13.5M13.5 6.5 6.5 13.5",
            State::Unknown => "M7.2 8A2.8 2.8 0 1 1 10 10.9V12M10 14.1V15.4",
            State::NotApplicable => "M6 10H14",
        };
        svg.empty("path", &[("class", "mark"), ("d", mark)]);
    });
}

/// The first part of a name, cut in its middle where a tile has no room for it: its end tells servers apart.
fn shortened(fqdn: &str) -> String {
    let label = fqdn.split('.').next().unwrap_or(fqdn);
    if columns(label) <= ROOM {
        return label.to_owned();
    }
    let chars: Vec<char> = label.chars().collect();
    let keep = if columns(label) > chars.len() { ROOM / 2 } else { ROOM }.min(chars.len()) - 1;
    let (head, tail) = (keep / 2, keep - keep / 2);
    chars[..head].iter().chain(['…'].iter()).chain(&chars[chars.len() - tail..]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_keep_their_ends() {
        for (name, shown) in
            [("fe01.contoso.com", "fe01"), ("redmond-frontend-0001.contoso.com", "redmond…nd-0001"), ("a", "a"), ("", ""), (".", "")]
        {
            assert_eq!(shortened(name), shown);
        }
    }
}
