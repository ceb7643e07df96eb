//! Plans for a small estate.

#![expect(clippy::unwrap_used, reason = "a test: it may panic")]

mod estate;
mod laws;
mod looked_at;
mod operators;
mod passwords;
mod restrictions;
mod shown;
mod syncs;
mod verifying;

use estate::{Builder, Holds};
use kerbsync_inventory::Inventory;
use kerbsync_plan::{CopyTarget, Plan, Refused, Request, SyncRequest, plan_sync};

fn common() -> Request {
    Request { operator: Some("CONTOSO\\ann".into()), tool: "0.1.0".into(), ..Request::default() }
}

fn sync(inventory: &Inventory, from: &str, to: &[CopyTarget]) -> Result<Plan, Refused> {
    plan_sync(inventory, &SyncRequest { from: from.into(), to: to.to_vec(), except: Vec::new(), ready_only: false, common: common() })
}

fn computer(name: &str) -> CopyTarget {
    CopyTarget::Computer(name.into())
}

fn refused(result: Result<Plan, Refused>) -> String {
    result.expect_err("a refusal").to_string()
}

/// fe01 and fe02 are in sync, dir01 holds nothing, se01 an older secret.
fn usual() -> Inventory {
    Builder::with(&[("dir01.contoso.com", Holds::Nothing), ("se01.contoso.com", Holds::Old)]).build()
}
