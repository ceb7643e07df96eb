//! Minimal edits of XML text.
