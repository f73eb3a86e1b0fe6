//! Announcements in the demo: one that went, public in the archive, and a draft with an audience of its own.

use crate::announcements::audience::{Audience, Standing, reach};
use crate::announcements::{self, AnnouncementId, Content, When};
use crate::members::Role;
use crate::platform::app::Ctx;
use crate::platform::db::Conn;
use crate::web::Coordinator;

const NEWS: &str = "Dear {{name}},

this spring we begin something new: **small working groups** that meet once a month.

* *Green referrals*: gardens, parks and who gets to them
* *What counts as better*: measures that people recognise themselves in
* *The first appointment*: what is said, and what is heard

Write to the coordinators if you would like to lead one. You can see and change what we know of you on [your own page]({{me_link}}).

With thanks from all of us at {{network}}";

const DRAFT: &str = "Dear {{name}},

we collect examples of how practices in {{country}} write a referral. If {{affiliation}} has one that works, please send it.";

/// What went to everyone who asked for announcements.
pub(super) fn send(tx: &mut Conn, ctx: &Ctx<'_>, by: &Coordinator) -> Result<(), String> {
    let content = Content {
        subject: "Small working groups from this spring".into(),
        body: NEWS.into(),
        audience: Audience::Everyone,
        is_public: true,
    };
    let said = |e: announcements::AnnounceError| e.to_string();
    let made = announcements::create(tx, ctx, by, AnnouncementId::new(), &content).map_err(said)?;
    let reached = reach(tx, &ctx.app.keys, &content.audience).map_err(|e| e.to_string())?;
    let number = reached.count(Standing::Gets);
    announcements::confirm(tx, ctx, by, &made.id, made.version, number, &When::Now).map_err(said)?;
    announcements::write_batch(tx, ctx, &made.id).map_err(|e| e.to_string())?;
    Ok(())
}

/// Ends what is done, and leaves a draft.
pub(super) fn finish(tx: &mut Conn, ctx: &Ctx<'_>, by: &Coordinator) -> Result<(), String> {
    announcements::go_on(tx, ctx).map_err(|e| e.to_string())?;
    let audience = Audience::all(vec![
        Audience::any(vec![Audience::Country("GB".into()), Audience::Country("DE".into())]),
        Audience::Role(Role::Student).negated(),
    ]);
    let content = Content {
        subject: "How do you write a referral?".into(),
        body: DRAFT.into(),
        audience,
        is_public: false,
    };
    let made = announcements::create(tx, ctx, by, AnnouncementId::new(), &content);
    made.map(|_| ()).map_err(|e| e.to_string())
}
