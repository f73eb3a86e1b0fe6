//! What a member's calendar may show, and who may fetch it.

use crate::platform::clock::{At, hours};
use crate::text_enum;

text_enum! {
    /// Which of their meetings a member sees in their own calendar.
    pub enum Shows {
        /// Whatever they are invited to.
        All = "all",
        YesOrMaybe = "yes-or-maybe",
        Yes = "yes",
    }
}

impl Shows {
    /// The choice on the form.
    pub fn label(self) -> &'static str {
        match self {
            Shows::All => "All my meetings",
            Shows::YesOrMaybe => "Those I said yes or maybe to",
            Shows::Yes => "Only those I said yes to",
        }
    }

    pub fn hint(self) -> &'static str {
        match self {
            Shows::All => {
                "Every meeting you are invited to, answered or not. One you said no to is shown, and leaves you free."
            }
            Shows::YesOrMaybe => "A meeting comes in once you answer yes or maybe, and goes if you say no.",
            Shows::Yes => "A meeting comes in once you answer yes, and goes if you change your mind.",
        }
    }

    /// What is in the calendar: "It shows …".
    pub fn words(self) -> &'static str {
        match self {
            Shows::All => "all meetings you are invited to",
            Shows::YesOrMaybe => "the meetings you said yes or maybe to",
            Shows::Yes => "only the meetings you said yes to",
        }
    }
}

text_enum! {
    /// Families of programs that fetch calendars, as far as a User-Agent tells.
    pub enum Program {
        Google = "google",
        Apple = "apple",
        Outlook = "outlook",
        Thunderbird = "thunderbird",
        Icsx5 = "icsx5",
        /// Somebody who opened the address by hand: no subscription.
        Browser = "browser",
        Other = "other",
    }
}

impl Program {
    /// The family behind a User-Agent; what nobody has heard of is [`Program::Other`].
    ///
    /// The more telling marks come first: most programs call themselves Mozilla too.
    pub fn of(user_agent: &str) -> Program {
        let told = user_agent.to_ascii_lowercase();
        let has = |marks: &[&str]| marks.iter().any(|mark| told.contains(mark));
        if has(&["google-calendar", "google calendar", "googlebot", "google-apps"]) {
            Program::Google
        } else if has(&["icsx5", "icsdroid"]) {
            Program::Icsx5
        } else if has(&["thunderbird", "lightning/", "betterbird"]) {
            Program::Thunderbird
        } else if has(&["outlook", "exchange", "microsoft office", "ms-office", "msoffice"]) {
            Program::Outlook
        } else if has(&["dataaccessd", "calendaragent", "calaccessd", "ical/", "icloud"]) {
            Program::Apple
        } else if has(&["mozilla/"]) {
            Program::Browser
        } else {
            Program::Other
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Program::Google => "Google Calendar",
            Program::Apple => "Apple Calendar",
            Program::Outlook => "Outlook",
            Program::Thunderbird => "Thunderbird",
            Program::Icsx5 => "ICSx⁵",
            Program::Browser => "a web browser",
            Program::Other => "another program",
        }
    }
}

/// Whether a fetch is to be noted: the first of a family, and then one an hour at most.
pub fn is_worth_noting(last: Option<At>, now: At) -> bool {
    last.is_none_or(|last| now.since(last) >= hours(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::clock::{minutes, seconds};

    #[test]
    fn programs_are_told_by_what_they_call_themselves() {
        for (user_agent, program) in [
            ("Google-Calendar-Importer", Program::Google),
            ("iOS/17.4 (21E219) dataaccessd/1.0", Program::Apple),
            ("macOS/13.6 (22G120) CalendarAgent/961.4.1", Program::Apple),
            ("Microsoft.Exchange/15.20 (Exchange.CalendarSharing)", Program::Outlook),
            (
                "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17126; Pro)",
                Program::Outlook,
            ),
            ("Mozilla/4.0 (compatible; ms-office; MSOffice 16)", Program::Outlook),
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Thunderbird/128.4.0",
                Program::Thunderbird,
            ),
            ("ICSx5/2.2.3 (Android 14)", Program::Icsx5),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36",
                Program::Browser,
            ),
            ("curl/8.5.0", Program::Other),
            ("", Program::Other),
            ("\u{fffd}\r\nX: 1", Program::Other),
        ] {
            assert_eq!(Program::of(user_agent), program, "{user_agent}");
        }
    }

    #[test]
    fn an_hour_lies_between_two_notes() {
        let now = At::from_unix(1_800_000_000);
        for (last, is_noted) in [
            (None, true),
            (Some(now), false),
            (Some(now.minus(minutes(60)).plus(seconds(1))), false),
            (Some(now.minus(minutes(60))), true),
            (Some(now.plus(minutes(5))), false),
        ] {
            assert_eq!(is_worth_noting(last, now), is_noted, "{last:?}");
        }
    }
}
