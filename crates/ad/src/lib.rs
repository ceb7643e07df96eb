//! Active Directory facts from exports.
