//! What a mail that came in leads to, and what coordinators do with letters.

mod act;
pub mod daily;
pub mod handle;

pub use act::{act, ours};

use super::store;
use crate::members::{Member, Status};
use crate::platform::app::Ctx;
use crate::platform::db::{Conn, DbError};

/// The letters of somebody who leaves go with them.
pub fn forget_who_left(tx: &mut Conn, _: &Ctx<'_>, member: &Member) -> Result<(), DbError> {
    if member.status == Status::Left {
        store::remove_of(tx, member.id.as_str(), &member.email)?;
    }
    Ok(())
}
