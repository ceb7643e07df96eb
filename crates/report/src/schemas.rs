//! The committed JSON Schemas of the formats.

use crate::format;

/// Every format with its JSON Schema (draft 2020-12), in the order in which users meet them. The last one is also
/// written by a script on the servers.
pub const SCHEMAS: &[(&str, &str)] = &[
    (format::REPORT, include_str!("../schemas/report.schema.json")),
    (format::INVENTORY, include_str!("../schemas/inventory.schema.json")),
    (format::RULES, include_str!("../schemas/rules.schema.json")),
    (format::SLOTS, include_str!("../schemas/slots.schema.json")),
    (format::LEARN, include_str!("../schemas/learn.schema.json")),
    (format::RESOLVE, include_str!("../schemas/resolve.schema.json")),
    (format::BASELINE, include_str!("../schemas/baseline.schema.json")),
    (format::EVIDENCE, include_str!("../schemas/evidence.schema.json")),
    (format::DIFF, include_str!("../schemas/diff.schema.json")),
    (kerbsync_plan::SCHEMA, include_str!("../schemas/plan.schema.json")),
    (format::REFUSED, include_str!("../schemas/refused.schema.json")),
    (format::RUNS, include_str!("../schemas/runs.schema.json")),
    (format::STATUS, include_str!("../schemas/status.schema.json")),
    (format::PROBE, include_str!("../schemas/probe.schema.json")),
    (format::PROOF, include_str!("../schemas/proof.schema.json")),
    (format::MANIFEST, include_str!("../schemas/manifest.schema.json")),
];
