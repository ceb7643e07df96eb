//! The rules: one file each. The name of the file is the id of the rule, its doc comment is the manual page.
//!
//! A new rule is a new file and nothing else: the block below is written by a test of this crate, which fails once when the block was
//! out of date. After a rule file has been removed, its line must be taken out by hand.

use crate::Rule;

// rules:begin
mod account_disabled;
mod account_domain_controller_flag;
mod account_domain_not_netbios;
mod account_expired;
mod account_in_silo;
mod account_is_real_machine;
mod account_key_credential;
mod account_keys_before_rodc_group;
mod account_missing;
mod account_name_not_down_level;
mod account_name_too_long;
mod account_no_preauth;
mod account_not_computer;
mod account_not_protected_from_deletion;
mod account_protected_users;
mod anonymous_beside_windows;
mod anonymous_user_account;
mod assignment_to_unknown_site;
mod assignment_without_web_servers;
mod binding_not_specific;
mod clear_text_secret;
mod client_certificate_not_required;
mod client_ip_behind_balancer;
mod configuration_missing;
mod configuration_unreadable;
mod conflicting_assignments;
mod connections_unlimited;
mod dangling_application_pool;
mod delegation_enabled;
mod different_account;
mod directory_browsing;
mod double_escaping;
mod draft_topology;
mod duplicate_web_fqdn;
mod enable_topology_owed;
mod encryption_keys_older_than_aes;
mod encryption_types_unset;
mod error_detail_exposed;
mod extended_protection_behind_proxy;
mod foreign_configuration;
mod foreign_native_module;
mod high_bit_characters;
mod history_clear_text_secret;
mod host_alias_shadows_pool;
mod hsts_missing;
mod idle_timeout_off;
mod isapi_cgi_unlisted;
mod kept_original_in_clear;
mod kernel_mode_differs;
mod kernel_mode_hides_slot;
mod leftover_slot;
mod logging_incomplete;
mod negotiate_after_ntlm;
mod negotiate_missing;
mod no_reference_secret;
mod override_spn_elsewhere;
mod password_age;
mod password_never_set;
mod password_newer_than_proof;
mod password_not_required;
mod peer_drift;
mod pool_name_shared_by_computer_elsewhere;
mod pool_shared_by_sites;
mod powered_by_header;
mod private_key_in_bundle;
mod privileged_groups;
mod product_binding_missing_or_shared;
mod product_pool_identity;
mod product_report_failed;
mod product_site_stopped;
mod product_web_site_missing;
mod proxy_enabled;
mod rapid_fail_interval;
mod rapid_fail_protection_off;
mod recycling_by_requests_missing;
mod recycling_not_logged;
mod request_filter_limits;
mod request_query_limit;
mod request_url_limit;
mod secret_not_comparable;
mod server_directory_browsing;
mod server_error_detail;
mod server_log_fields;
mod server_log_format;
mod server_log_target;
mod server_mime_types;
mod server_not_configured;
mod server_session_id;
mod several_accounts_on_server;
mod several_configurations;
mod shared_configuration;
mod site_log_format;
mod site_log_target;
mod site_mime_types;
mod site_session_id;
mod site_without_assignment;
mod sites_disagree_on_server;
mod spn_duplicate;
mod spn_leftover;
mod spn_missing;
mod spn_on_machine_account;
mod spn_override_unregistered;
mod stale_evidence;
mod stale_secret;
mod tls_not_required;
mod topology_drift;
mod unlisted_file_extensions;
mod unreadable_document;
mod unusable_server_name;
mod unused_kerberos_account;
mod waiver_expired;
mod waiver_of_unknown_rule;
mod waiver_over_broad;
mod waiver_stale;
mod waiver_unapproved;
mod weak_encryption_types;
mod webdav_present;
mod windows_authentication_disabled;
mod windows_authentication_module_missing;

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
    &stale_secret::RULE,
    &different_account::RULE,
    &server_not_configured::RULE,
    &configuration_missing::RULE,
    &configuration_unreadable::RULE,
    &several_accounts_on_server::RULE,
    &leftover_slot::RULE,
    &clear_text_secret::RULE,
    &sites_disagree_on_server::RULE,
    &no_reference_secret::RULE,
    &secret_not_comparable::RULE,
    &shared_configuration::RULE,
    &password_newer_than_proof::RULE,
    &several_configurations::RULE,
    &foreign_configuration::RULE,
    &history_clear_text_secret::RULE,
    &kept_original_in_clear::RULE,
    &negotiate_missing::RULE,
    &negotiate_after_ntlm::RULE,
    &windows_authentication_module_missing::RULE,
    &anonymous_beside_windows::RULE,
    &kernel_mode_hides_slot::RULE,
    &dangling_application_pool::RULE,
    &product_web_site_missing::RULE,
    &windows_authentication_disabled::RULE,
    &product_site_stopped::RULE,
    &product_pool_identity::RULE,
    &product_binding_missing_or_shared::RULE,
    &kernel_mode_differs::RULE,
    &account_missing::RULE,
    &account_disabled::RULE,
    &account_expired::RULE,
    &account_not_computer::RULE,
    &spn_missing::RULE,
    &spn_duplicate::RULE,
    &spn_leftover::RULE,
    &spn_override_unregistered::RULE,
    &spn_on_machine_account::RULE,
    &encryption_types_unset::RULE,
    &weak_encryption_types::RULE,
    &delegation_enabled::RULE,
    &password_age::RULE,
    &password_not_required::RULE,
    &password_never_set::RULE,
    &privileged_groups::RULE,
    &encryption_keys_older_than_aes::RULE,
    &account_is_real_machine::RULE,
    &account_protected_users::RULE,
    &account_domain_controller_flag::RULE,
    &account_no_preauth::RULE,
    &account_key_credential::RULE,
    &account_in_silo::RULE,
    &account_keys_before_rodc_group::RULE,
    &account_not_protected_from_deletion::RULE,
    &override_spn_elsewhere::RULE,
    &host_alias_shadows_pool::RULE,
    &enable_topology_owed::RULE,
    &product_report_failed::RULE,
    &draft_topology::RULE,
    &topology_drift::RULE,
    &stale_evidence::RULE,
    &unreadable_document::RULE,
    &unused_kerberos_account::RULE,
    &waiver_expired::RULE,
    &waiver_stale::RULE,
    &waiver_over_broad::RULE,
    &waiver_unapproved::RULE,
    &waiver_of_unknown_rule::RULE,
    &server_log_target::RULE,
    &site_log_target::RULE,
    &server_log_fields::RULE,
    &logging_incomplete::RULE,
    &client_ip_behind_balancer::RULE,
    &proxy_enabled::RULE,
    &server_mime_types::RULE,
    &site_mime_types::RULE,
    &server_directory_browsing::RULE,
    &directory_browsing::RULE,
    &server_error_detail::RULE,
    &error_detail_exposed::RULE,
    &server_session_id::RULE,
    &site_session_id::RULE,
    &isapi_cgi_unlisted::RULE,
    &connections_unlimited::RULE,
    &hsts_missing::RULE,
    &powered_by_header::RULE,
    &tls_not_required::RULE,
    &client_certificate_not_required::RULE,
    &binding_not_specific::RULE,
    &request_filter_limits::RULE,
    &high_bit_characters::RULE,
    &double_escaping::RULE,
    &unlisted_file_extensions::RULE,
    &idle_timeout_off::RULE,
    &pool_shared_by_sites::RULE,
    &recycling_by_requests_missing::RULE,
    &recycling_not_logged::RULE,
    &rapid_fail_protection_off::RULE,
    &webdav_present::RULE,
    &foreign_native_module::RULE,
    &anonymous_user_account::RULE,
    &site_log_format::RULE,
    &server_log_format::RULE,
    &rapid_fail_interval::RULE,
    &request_url_limit::RULE,
    &request_query_limit::RULE,
    &peer_drift::RULE,
    &extended_protection_behind_proxy::RULE,
    &private_key_in_bundle::RULE,
];
// rules:end
