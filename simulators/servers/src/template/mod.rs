//! The text of configuration files. Own wording throughout; the shapes are those of real files.

mod defaults;
mod handlers;
mod hosting;
mod locations;
mod mime;
mod modules;
mod protection;
mod redirect;
mod sections;

pub(crate) use redirect::redirection;

use crate::product::Generation;
use crate::server::{Layout, Server};
use crate::xml::Xml;
use std::sync::OnceLock;

/// The parts of a configuration that are the same on every server of a kind.
struct Fixed {
    head: String,
    globals: String,
    unlocked: String,
}

/// What decides the fixed parts.
#[derive(Clone, Copy)]
struct Kind {
    generation: Generation,
    /// Which section of the simulator's own is registered.
    own_section: OwnSection,
    /// Whether `WindowsAuthenticationModule` is installed.
    windows: bool,
}

/// A section that no real server has.
#[derive(Clone, Copy, PartialEq, Eq)]
enum OwnSection {
    None,
    /// [`crate::STAND_IN_SECTION`].
    StandIn,
    /// [`crate::UNLISTED_SECTION`].
    Unlisted,
}

impl Kind {
    const fn index(self) -> usize {
        (match self.generation {
            Generation::Iis75 => 0,
            Generation::Iis85 => 6,
            Generation::Iis10 => 12,
        }) + (self.own_section as usize) * 2
            + self.windows as usize
    }

    fn fixed(self) -> &'static Fixed {
        static FIXED: [OnceLock<Fixed>; 18] = [const { OnceLock::new() }; 18];
        FIXED[self.index()].get_or_init(|| Fixed {
            head: sections::head(self),
            globals: defaults::globals(self),
            unlocked: modules::unlocked(self),
        })
    }
}

/// The whole applicationHost.config of a server: UTF-8 without BOM, CRLF.
pub(crate) fn application_host(server: &Server) -> String {
    let kind = Kind {
        generation: server.generation,
        own_section: match server.layout {
            Layout::SiteSection => OwnSection::StandIn,
            Layout::Unlisted => OwnSection::Unlisted,
            Layout::PoolIdentity | Layout::PoolDefaults => OwnSection::None,
        },
        windows: !server.authentication.module_missing,
    };
    let fixed = kind.fixed();
    let mut secrets = protection::Secrets::new(server);
    let mut x = Xml::at_depth(1);
    x.raw(&fixed.head);
    protection::providers(&mut x, server);
    hosting::application_host(&mut x, server, &mut secrets);
    x.raw(&fixed.globals);
    x.raw(&fixed.unlocked);
    locations::product(&mut x, server, &mut secrets);
    x.raw("</configuration>\r\n");
    x.into_text()
}

#[cfg(test)]
mod tests;
