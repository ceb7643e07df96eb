//! Where a server configuration holds an account and its secret.
