//! The macro behind `kerbsync_source::text!`: `format!` whose every value passes the gate for text from outside.

use proc_macro::{Delimiter, Group, Ident, Punct, Spacing, Span, TokenStream, TokenTree};
use std::collections::BTreeSet;

/// Builds a `kerbsync_source::Text` as `format!` builds a `String`. Values, also those that the text names in braces, must implement
/// `kerbsync_source::Tell`.
#[proc_macro]
pub fn text(input: TokenStream) -> TokenStream {
    let mut arguments = arguments(input).into_iter();
    let Some(first) = arguments.next().filter(|tokens| !tokens.is_empty()) else {
        return complaint("text! needs a literal", Span::call_site());
    };
    let literal = match &first[..] {
        // What another macro passes on as `literal` comes in a group without brackets.
        [TokenTree::Group(group)] if group.delimiter() == Delimiter::None => group.stream().into_iter().next(),
        [token] => Some(token.clone()),
        _ => None,
    };
    let Some(TokenTree::Literal(literal)) = literal else {
        return complaint("the first argument of text! is a literal and nothing else", first[0].span());
    };
    let mut names: BTreeSet<String> = named(&literal.to_string());
    let mut inner = vec![TokenTree::Literal(literal.clone())];
    for argument in arguments.filter(|tokens| !tokens.is_empty()) {
        inner.push(punct(','));
        let value = match &argument[..] {
            [TokenTree::Ident(name), TokenTree::Punct(is), rest @ ..] if is.as_char() == '=' && is.spacing() == Spacing::Alone => {
                names.remove(&name.to_string());
                inner.extend([argument[0].clone(), punct('=')]);
                rest
            }
            all => all,
        };
        inner.extend(gated(value.iter().cloned().collect()));
    }
    for name in names {
        let name = TokenTree::Ident(Ident::new(&name, literal.span()));
        inner.extend([punct(','), name.clone(), punct('=')]);
        inner.extend(gated(name.into()));
    }
    let format_args = call("::core::format_args!", inner.into_iter().collect());
    call("::kerbsync_source::Text::__of_told", format_args).into_iter().collect()
}

/// The arguments, split at commas outside of brackets, each as its tokens.
fn arguments(input: TokenStream) -> Vec<Vec<TokenTree>> {
    let mut all = vec![Vec::new()];
    for token in input {
        match (&token, all.last_mut()) {
            (TokenTree::Punct(p), _) if p.as_char() == ',' => all.push(Vec::new()),
            (_, Some(last)) => last.push(token),
            (_, None) => {}
        }
    }
    all
}

/// The names that a format text has in braces: what stands before a `:` in them, where it is no number.
fn named(literal: &str) -> BTreeSet<String> {
    let is_raw = literal.starts_with('r');
    let mut names = BTreeSet::new();
    let mut rest = literal;
    while let Some(at) = rest.find(['{', '\\']) {
        let (is_escape, after) = (rest.as_bytes()[at] == b'\\', &rest[at + 1..]);
        rest = after;
        if is_escape {
            // `\u{…}` is no name, and what is escaped is none either.
            let skip = if is_raw {
                0
            } else if after.starts_with("u{") {
                after.find('}').map_or(0, |end| end + 1)
            } else {
                1
            };
            rest = after.get(skip..).unwrap_or("");
        } else if let Some(after) = after.strip_prefix('{') {
            rest = after;
        } else if let Some(end) = after.find('}') {
            let name = after[..end].split(':').next().unwrap_or("").trim();
            if name.starts_with(|c: char| c.is_alphabetic() || c == '_') {
                names.insert(name.to_owned());
            }
            rest = &after[end + 1..];
        }
    }
    names
}

/// `::kerbsync_source::gated(&(value))`.
fn gated(value: TokenStream) -> TokenStream {
    let value = TokenTree::Group(Group::new(Delimiter::Parenthesis, value));
    call("::kerbsync_source::gated", [punct('&'), value].into_iter().collect())
}

/// A call of a function or macro of a path.
fn call(path: &str, arguments: TokenStream) -> TokenStream {
    let mut tokens: TokenStream = path.parse().unwrap_or_default();
    tokens.extend([TokenTree::Group(Group::new(Delimiter::Parenthesis, arguments))]);
    tokens
}

fn punct(c: char) -> TokenTree {
    TokenTree::Punct(Punct::new(c, Spacing::Alone))
}

/// An error at a place.
fn complaint(message: &str, at: Span) -> TokenStream {
    let tokens: TokenStream = format!("::core::compile_error!({message:?})").parse().unwrap_or_default();
    tokens
        .into_iter()
        .map(|mut token| {
            token.set_span(at);
            token
        })
        .collect()
}
