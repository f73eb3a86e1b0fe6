//! What changes a request: the applicant ([`apply`]), a coordinator ([`decide`]), time ([`sweep`]).

pub mod apply;
pub mod by_mail;
pub mod decide;
pub mod sweep;

use crate::platform::app::Ctx;
use crate::platform::text::zone::utc_to_local;

/// Today in the network's time zone, `2027-03-01`.
pub(super) fn local_date(ctx: &Ctx<'_>) -> String {
    utc_to_local(ctx.now, &ctx.app.config.network.time_zone)
        .split('T')
        .next()
        .unwrap_or_default()
        .to_owned()
}
