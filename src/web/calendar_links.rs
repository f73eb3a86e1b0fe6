//! The ways into calendar programs, from the address of a calendar.

use serde::Serialize;

use crate::platform::app::App;

/// What `parts/calendar_ways` draws.
#[derive(Clone, Debug, Serialize)]
pub struct CalendarWays {
    /// The address in pieces between which a line may break.
    pub address_parts: Vec<String>,
    pub webcal: String,
    pub google: String,
    pub outlook: String,
    pub outlook_work: String,
}

impl CalendarWays {
    pub fn to(app: &App, address: &str) -> CalendarWays {
        let webcal = match address.split_once("://") {
            Some((_, rest)) => format!("webcal://{rest}"),
            None => address.to_owned(),
        };
        let name = format!("{} meetings", app.config.network.short_name);
        let quoted = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let outlook = |host: &str| {
            format!(
                "https://{host}/calendar/0/addfromweb?url={}&name={}",
                quoted(address),
                quoted(&name).replace('+', "%20")
            )
        };
        CalendarWays {
            address_parts: address.split_inclusive('/').map(str::to_owned).collect(),
            google: format!("https://calendar.google.com/calendar/render?cid={}", quoted(&webcal)),
            outlook: outlook("outlook.live.com"),
            outlook_work: outlook("outlook.office.com"),
            webcal,
        }
    }
}
