//! Sentences of this program: words that stand in its source, numbers, and what passed the gate for text from outside.

mod about;

pub use about::TextAbout;

use crate::{Shown, Spanned, Words};
use kerbsync_names::{AccountNameError, DownLevelName, Fqdn, FqdnError, HostName, ServicePrincipalName, SiteId, SiteIdentity, SpnError};
use std::cell::Cell;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// A text of this program, for findings, gaps, plans and reports. What it holds of a document has passed the gate: it is built by
/// [`text!`](crate::text) of words in the source and of values that can [`Tell`], and by nothing else.
///
/// ```
/// # use kerbsync_source::{Text, text};
/// let (site, servers) = (String::from("Password=hunter2"), 2);
/// let told: Text = text!("'{site}' has {servers} servers, {} more than it needs.", servers - 1);
/// assert_eq!(told, "'Password=***' has 2 servers, 1 more than it needs.");
/// ```
/// What was read has no way in but through the gate:
/// ```compile_fail,E0277
/// struct Raw;
/// impl std::fmt::Display for Raw {
///     fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
///         f.write_str("Password=hunter2")
///     }
/// }
/// let told = kerbsync_source::text!("'{}' has no servers.", Raw);
/// ```
/// ```compile_fail,E0277
/// let site: String = std::env::args().collect();
/// let told: kerbsync_source::Text = site.into();
/// ```
/// ```compile_fail,E0597
/// let site: String = std::env::args().collect();
/// let told = kerbsync_source::text!("'{}' has no servers.", site.as_str());
/// ```
/// ```compile_fail,E0597
/// let site: String = std::env::args().collect();
/// let told: kerbsync_source::Text = site.as_str().into();
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Text(Words);

thread_local! {
    /// Where the text is put together that is made next: a fleet is told of in millions.
    static LETTERS: Cell<String> = const { Cell::new(String::new()) };
}

impl Text {
    /// No words.
    pub const EMPTY: Self = Self(Words::OfSource(""));

    /// What [`text!`](crate::text) makes: every argument is [`gated`], which is why nothing else may call it.
    #[doc(hidden)]
    #[must_use]
    pub fn __of_told(arguments: fmt::Arguments<'_>) -> Self {
        match arguments.as_str() {
            Some(words) => Self(Words::OfSource(words)),
            None => {
                // An argument may be put into words by another text: that one finds no memory, and makes its own.
                let mut letters = LETTERS.take();
                letters.clear();
                // No argument fails: a String takes everything.
                let _ = fmt::write(&mut letters, arguments);
                let told = Self::of(&letters);
                LETTERS.set(letters);
                told
            }
        }
    }

    fn of(gated: &str) -> Self {
        Self(Words::Shared(gated.into()))
    }

    /// The words.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The words, taken out. There is no way back.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0.to_string()
    }

    /// The words, taken out and shared with every copy of the text. There is no way back.
    #[must_use]
    pub fn into_words(self) -> Words {
        self.0
    }

    /// The text without words at its end, where it ends with them.
    #[must_use]
    pub fn without_end(&self, end: &str) -> Self {
        self.0.strip_suffix(end).map_or_else(|| self.clone(), Self::of)
    }

    /// The text with a small letter at its beginning: for the middle of a sentence.
    #[must_use]
    pub fn lower_first(&self) -> Self {
        let mut letters = self.0.chars();
        let first = letters.next().map(|c| c.to_lowercase().to_string()).unwrap_or_default();
        Self::of(&(first + letters.as_str()))
    }

    /// Puts another text behind this one.
    pub fn push(&mut self, other: impl Into<Self>) {
        let other: Self = other.into();
        *self = Self::of(&[&**self, &*other].concat());
    }

    /// Texts, with one between each two.
    #[must_use]
    pub fn join<T: Into<Self>>(texts: impl IntoIterator<Item = T>, between: &'static str) -> Self {
        let mut all = String::new();
        for (i, text) in texts.into_iter().enumerate() {
            if i > 0 {
                all.push_str(between);
            }
            all.push_str(&text.into());
        }
        Self::of(&all)
    }
}

impl Deref for Text {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for Text {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, f)
    }
}

impl From<&'static str> for Text {
    fn from(words: &'static str) -> Self {
        Self(Words::OfSource(words))
    }
}

impl From<Shown> for Text {
    fn from(shown: Shown) -> Self {
        Self::of(shown.as_str())
    }
}

impl From<&Self> for Text {
    fn from(text: &Self) -> Self {
        text.clone()
    }
}

impl From<Text> for String {
    fn from(text: Text) -> Self {
        text.into_string()
    }
}

impl PartialEq<str> for Text {
    fn eq(&self, other: &str) -> bool {
        &*self.0 == other
    }
}

impl PartialEq<&str> for Text {
    fn eq(&self, other: &&str) -> bool {
        &*self.0 == *other
    }
}

/// Where a [`Tell`] writes: words of the source as they are, all else through the gate.
pub struct Teller<'t, 'f>(&'t mut fmt::Formatter<'f>);

impl Teller<'_, '_> {
    /// Words of the source.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn words(&mut self, words: &'static str) -> fmt::Result {
        self.0.pad(words)
    }

    /// A name or a path from outside, as [`Shown::naming`] shows it.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn naming(&mut self, name: &str) -> fmt::Result {
        // Most names have nothing that the gate would look at twice.
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b'\\' | b'/' | b'$');
        if name.bytes().all(plain) {
            return self.0.pad(name);
        }
        self.0.pad(&crate::shown::through_gate(name, false))
    }

    /// A sentence of an error that quotes what somebody wrote, as [`Shown::quoting`] shows it.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn quoting(&mut self, sentence: &str) -> fmt::Result {
        self.0.pad(Shown::quoting(sentence).as_str())
    }

    /// A command line, which is to be copied as it is: crate `advice` builds it of typed parts, quotes its values and has no line where one of
    /// them could mean more than itself. Nothing else may call this.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn command(&mut self, line: &str) -> fmt::Result {
        self.0.pad(line)
    }

    /// What tells of itself.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn tell(&mut self, told: &(impl Tell + ?Sized)) -> fmt::Result {
        told.tell(&mut Teller(self.0))
    }
}

/// What may stand in a [`Text`]: numbers, words of the source, what passed the gate, and types that pass it when they are told.
pub trait Tell {
    /// Writes it.
    ///
    /// # Errors
    /// Those of the writer.
    fn tell(&self, to: &mut Teller<'_, '_>) -> fmt::Result;
}

/// Bits of a number as `0x1c`.
#[must_use]
pub fn hex_bits(number: u32) -> Text {
    Text::__of_told(format_args!("{number:#x}"))
}

/// A value as it is told, for [`text!`](crate::text).
#[doc(hidden)]
pub fn gated<T: Tell + ?Sized>(told: &T) -> impl fmt::Display + '_ {
    struct Gated<'t, T: ?Sized>(&'t T);
    impl<T: Tell + ?Sized> fmt::Display for Gated<'_, T> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            self.0.tell(&mut Teller(f))
        }
    }
    Gated(told)
}

macro_rules! numbers {
    ($($number:ty)*) => {
        $(impl Tell for $number {
            fn tell(&self, to: &mut Teller<'_, '_>) -> fmt::Result {
                fmt::Display::fmt(self, to.0)
            }
        })*
    };
}
numbers!(u8 u16 u32 u64 u128 usize i8 i16 i32 i64 isize f64 bool);

impl Tell for &'static str {
    fn tell(&self, to: &mut Teller<'_, '_>) -> fmt::Result {
        to.words(self)
    }
}

impl Tell for Text {
    fn tell(&self, to: &mut Teller<'_, '_>) -> fmt::Result {
        to.0.pad(&self.0)
    }
}

impl Tell for Shown {
    fn tell(&self, to: &mut Teller<'_, '_>) -> fmt::Result {
        to.0.pad(self.as_str())
    }
}

impl<T: Tell + ?Sized> Tell for &mut T {
    fn tell(&self, to: &mut Teller<'_, '_>) -> fmt::Result {
        (**self).tell(to)
    }
}

impl<T: Tell + ?Sized> Tell for &T {
    fn tell(&self, to: &mut Teller<'_, '_>) -> fmt::Result {
        (**self).tell(to)
    }
}

impl<T: Tell + ?Sized> Tell for Arc<T> {
    fn tell(&self, to: &mut Teller<'_, '_>) -> fmt::Result {
        (**self).tell(to)
    }
}

impl<T: Tell> Tell for Spanned<T> {
    fn tell(&self, to: &mut Teller<'_, '_>) -> fmt::Result {
        self.value.tell(to)
    }
}

/// What was read passes the gate as a name. A sentence is no name: it is a [`Text`], or goes through [`Shown::quoting`].
impl Tell for String {
    fn tell(&self, to: &mut Teller<'_, '_>) -> fmt::Result {
        to.naming(self)
    }
}

impl Tell for Arc<str> {
    fn tell(&self, to: &mut Teller<'_, '_>) -> fmt::Result {
        to.naming(self)
    }
}

macro_rules! sentences {
    ($($error:ty)*) => {
        $(impl Tell for $error {
            fn tell(&self, to: &mut Teller<'_, '_>) -> fmt::Result {
                to.quoting(&self.to_string())
            }
        })*
    };
}
sentences!(FqdnError AccountNameError SpnError);

macro_rules! names {
    ($($name:ty)*) => {
        $(impl Tell for $name {
            fn tell(&self, to: &mut Teller<'_, '_>) -> fmt::Result {
                to.naming(self.as_str())
            }
        })*
    };
}
names!(HostName Fqdn SiteId);

macro_rules! written_names {
    ($($name:ty)*) => {
        $(impl Tell for $name {
            fn tell(&self, to: &mut Teller<'_, '_>) -> fmt::Result {
                to.naming(&self.to_string())
            }
        })*
    };
}
written_names!(SiteIdentity DownLevelName ServicePrincipalName);
