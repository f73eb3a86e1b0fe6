//! How to have the meetings in one's own calendar.

use serde::Serialize;

use crate::members;
use crate::platform::app::App;
use crate::web::{Answer, AppData, Visit};

#[derive(Serialize)]
struct View {
    address: String,
    webcal: String,
    google: String,
    outlook: String,
    outlook_work: String,
    is_private: bool,
    is_member: bool,
}

/// The public calendar for visitors, their own for members.
pub async fn show(app: AppData, visit: Visit) -> Answer {
    let Some(person) = visit.person() else {
        let view = view(&app, app.url("/calendar.ics"), false);
        return visit.public_page(&app, "pages/meetings/subscribe", "Calendar", &view);
    };
    let id = person.id.clone();
    let member = app.read(move |conn| members::store::find(conn, &id)).await?;
    let address = match &member {
        Some(member) => app.url(&format!("/calendar/{}.ics", member.calendar_token(&app.keys).as_str())),
        None => app.url("/calendar.ics"),
    };
    let view = view(&app, address, member.is_some());
    visit.secret_page(&app, "pages/meetings/subscribe", "Calendar", &view)
}

fn view(app: &App, address: String, is_private: bool) -> View {
    let webcal = match address.split_once("://") {
        Some((_, rest)) => format!("webcal://{rest}"),
        None => address.clone(),
    };
    let name = format!("{} meetings", app.config.network.short_name);
    let quoted = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let outlook = |host: &str| {
        format!(
            "https://{host}/calendar/0/addfromweb?url={}&name={}",
            quoted(&address),
            quoted(&name).replace('+', "%20")
        )
    };
    View {
        google: format!("https://calendar.google.com/calendar/render?cid={}", quoted(&webcal)),
        outlook: outlook("outlook.live.com"),
        outlook_work: outlook("outlook.office.com"),
        webcal,
        address,
        is_private,
        is_member: is_private,
    }
}
