//! The one rule for which name stands for which server.
