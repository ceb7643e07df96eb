//! The rules: one file each. The name of the file is the id of the rule, its doc comment is the manual page.
//!
//! A new rule is a new file and nothing else: the block below is written by a test of this crate, which fails once when the block was
//! out of date. After a rule file has been removed, its line must be taken out by hand.

use crate::Rule;

// rules:begin
mod account_domain_not_netbios;
mod account_name_not_down_level;
mod account_name_too_long;
mod assignment_to_unknown_site;
mod assignment_without_web_servers;
mod conflicting_assignments;
mod duplicate_web_fqdn;
mod pool_name_shared_by_computer_elsewhere;
mod site_without_assignment;
mod unusable_server_name;

/// Every rule in the order of numbers.
#[rustfmt::skip]
pub static RULES: &[&Rule] = &[
    &site_without_assignment::RULE,
    &assignment_without_web_servers::RULE,
    &assignment_to_unknown_site::RULE,
    &conflicting_assignments::RULE,
    &account_name_not_down_level::RULE,
    &account_name_too_long::RULE,
    &account_domain_not_netbios::RULE,
    &duplicate_web_fqdn::RULE,
    &pool_name_shared_by_computer_elsewhere::RULE,
    &unusable_server_name::RULE,
];
// rules:end
