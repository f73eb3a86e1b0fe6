//! The ways into calendar programs, from the address of a calendar.
//!
//! Each is a plain link that a reader presses; nothing is loaded from anybody else (TRUST P20). Where programs take no
//! link, or take one and do nothing, the page has the address to copy. As known of each in 2026:
//! * `webcal:` opens Apple Calendar, Thunderbird, Outlook for Windows (classic) and ICSx⁵;
//! * Google takes `cid` with a `webcal:` address, on a computer only;
//! * Outlook on the web takes `addfromweb`, personal and work accounts at hosts of their own.

use serde::Serialize;

use crate::platform::app::App;
use crate::platform::qr::{self, Picture};

/// What `parts/calendar_ways`, `parts/calendar_address` and `parts/calendar_qr` draw.
#[derive(Clone, Debug, Serialize)]
pub struct CalendarWays {
    /// To copy, where a program wants it pasted.
    pub address: String,
    pub webcal: String,
    pub google: String,
    pub outlook: String,
    pub outlook_work: String,
    /// The `webcal:` address for a phone's camera.
    pub qr: Option<Picture>,
    /// Whoever has it reads one member's meetings.
    pub is_private: bool,
}

impl CalendarWays {
    /// The ways to the public calendar.
    pub fn public(app: &App) -> CalendarWays {
        let network = &app.config.network.short_name;
        CalendarWays::to(&app.url("/calendar.ics"), &format!("{network} meetings"), false)
    }

    /// The ways to one member's own.
    pub fn private(app: &App, address: &str) -> CalendarWays {
        let network = &app.config.network.short_name;
        CalendarWays::to(address, &format!("My {network} meetings"), true)
    }

    fn to(address: &str, name: &str, is_private: bool) -> CalendarWays {
        let webcal = match address.split_once("://") {
            Some((_, rest)) => format!("webcal://{rest}"),
            None => address.to_owned(),
        };
        // As `encodeURIComponent` would: Outlook shows a plus as a plus.
        let quoted = |text: &str| {
            let form = url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
            form.replace('+', "%20")
        };
        let outlook = |host: &str| {
            format!(
                "https://{host}/calendar/0/addfromweb?url={}&name={}",
                quoted(address),
                quoted(name)
            )
        };
        CalendarWays {
            address: address.to_owned(),
            google: format!("https://calendar.google.com/calendar/r?cid={}", quoted(&webcal)),
            outlook: outlook("outlook.live.com"),
            outlook_work: outlook("outlook.office.com"),
            qr: qr::picture(&webcal),
            webcal,
            is_private,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_program_has_its_own_way_and_names_are_quoted() {
        let ways = CalendarWays::to("https://x.example.org/calendar/abc.ics", "R&D + meetings", true);
        assert_eq!(ways.webcal, "webcal://x.example.org/calendar/abc.ics");
        assert_eq!(
            ways.google,
            "https://calendar.google.com/calendar/r?cid=webcal%3A%2F%2Fx.example.org%2Fcalendar%2Fabc.ics"
        );
        assert_eq!(
            ways.outlook,
            "https://outlook.live.com/calendar/0/addfromweb?url=https%3A%2F%2Fx.example.org%2Fcalendar%2Fabc.ics\
             &name=R%26D%20%2B%20meetings"
        );
        assert!(
            ways.outlook_work
                .starts_with("https://outlook.office.com/calendar/0/addfromweb?url=https%3A")
        );
        assert_eq!(ways.qr, qr::picture("webcal://x.example.org/calendar/abc.ics"));
    }
}
