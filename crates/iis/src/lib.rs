//! The meaning of an IIS applicationHost.config.
