//! Where a deployment keeps the credential, learned from what a run of Set-CsKerberosAccountPassword changed.
//!
//! Two configurations of one server, from before and after the run, are compared. What IIS and its users change all the time is noise;
//! of the rest, values that can be a secret or an account are places, ranked by how much speaks for them. Nothing here knows where the
//! product keeps the credential, and no value leaves: only places do, and account names that their own attribute calls so.

mod difference;
mod noise;
mod place;

pub use noise::Noise;
pub use place::{How, LearnedPlace, SecretForm, Strength};

use crate::view::ConfigurationView;
use crate::{Product, Realms, WebSiteNames};
use difference::{Difference, Differing, Side};
use kerbsync_iis::ApplicationHost;
use kerbsync_iis::protection::{KeyFile, Opener};
use kerbsync_names::DownLevelName;
use kerbsync_secret::{ProtectedValue, Tagger};
use kerbsync_source::Origin;

/// What learning goes by besides the two configurations.
#[derive(Clone, Copy)]
pub struct LearnContext<'a> {
    /// Exported keys of this server.
    pub keys: &'a [KeyFile],
    /// Makes the tags of this run.
    pub tagger: &'a Tagger,
    /// The account whose password was set, where that is known.
    pub account: Option<&'a DownLevelName>,
    /// DNS and NetBIOS names of domains.
    pub realms: &'a Realms,
    /// Names of the product's web sites, where they were renamed.
    pub web_sites: &'a WebSiteNames,
}

/// How a value differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChangeKind {
    /// It is there since.
    Added,
    /// It is gone.
    Removed,
    /// It is another one.
    Changed,
}

impl ChangeKind {
    /// The word used in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
        }
    }
}

/// A value or an element that differs. Its origins show masked lines alone.
#[derive(Debug, Clone)]
pub struct Change {
    /// How.
    pub kind: ChangeKind,
    /// Where it stood before.
    pub before: Option<Origin>,
    /// Where it stands after.
    pub after: Option<Origin>,
    /// Why it is noise; `None` where it may matter.
    pub noise: Option<Noise>,
}

/// What two configurations tell.
#[derive(Debug, Clone)]
pub struct Learned {
    /// Everything that differs, in document order.
    pub changes: Vec<Change>,
    /// Places that can hold an account and a secret, the likeliest first.
    pub places: Vec<LearnedPlace>,
}

/// Compares a server's configuration of before the run with that of after it.
#[must_use]
pub fn learn(before: &ApplicationHost<'_>, after: &ApplicationHost<'_>, context: LearnContext<'_>) -> Learned {
    let differences = difference::between(before.root(), after.root());
    let (old_providers, new_providers) = (before.providers(), after.providers());
    let (mut old_opener, mut new_opener) = (Opener::new(&old_providers, context.keys), Opener::new(&new_providers, context.keys));
    let mut same_secret = |difference: &Difference<'_, '_>| {
        let tag = |side: Option<&Side<'_>>, opener: &mut Opener<'_>| {
            let value = ProtectedValue::parse(&side?.value()?).ok()?;
            Some(context.tagger.tag(&opener.open(&value).ok()?.secret))
        };
        let old = tag(difference.before.as_ref(), &mut old_opener);
        old.is_some() && old == tag(difference.after.as_ref(), &mut new_opener)
    };
    let product = Product::recognise(after, context.web_sites);
    let view = ConfigurationView::new(after, &product, &[]);
    let (mut changes, mut touched) = (Vec::new(), Vec::new());
    for difference in &differences {
        let noise = noise_of(difference, &mut same_secret);
        if noise.is_none()
            && let Some(side) = difference.after
        {
            match side.differing {
                Differing::Whole => touched.extend(difference::values(side.element).map(|side| (side, ChangeKind::Added))),
                _ => touched.push((side, if difference.before.is_some() { ChangeKind::Changed } else { ChangeKind::Added })),
            }
        }
        changes.push(Change {
            kind: match (&difference.before, &difference.after) {
                (None, _) => ChangeKind::Added,
                (_, None) => ChangeKind::Removed,
                _ => ChangeKind::Changed,
            },
            before: difference.before.map(|s| s.place().origin(before.document().source().document())),
            after: difference.after.map(|s| s.place().origin(after.document().source().document())),
            noise,
        });
    }
    Learned { changes, places: place::ranked(&view, &touched, &context) }
}

/// Why a difference is noise. A value that is a secret by its form is none, wherever it stands, unless it is the same secret as before.
fn noise_of(difference: &Difference<'_, '_>, same_secret: &mut impl FnMut(&Difference<'_, '_>) -> bool) -> Option<Noise> {
    let side = difference.after.or(difference.before)?;
    if same_secret(difference) {
        return Some(Noise::EncryptedAnew);
    }
    let values: Vec<_> = [difference.before, difference.after].into_iter().flatten().filter_map(|s| s.value()).collect();
    let values: Vec<&str> = values.iter().map(AsRef::as_ref).collect();
    let attribute = matches!(side.differing, Differing::Attribute(_)).then(|| side.name());
    let noise = noise::of(side.element, attribute, &values)?;
    let is_secret = |side: Side<'_>| place::secret_form(&side).is_some_and(|form| form != SecretForm::Opaque);
    let holds_secret = match side.differing {
        Differing::Whole => difference::values(side.element).any(is_secret),
        _ => is_secret(side),
    };
    (noise == Noise::Protection || !holds_secret).then_some(noise)
}
