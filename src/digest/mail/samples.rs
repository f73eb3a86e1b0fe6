//! Samples of the digest: ordinary, longest, little.

use super::*;
use crate::activities::{self, Entry};
use crate::digest::news::{Coming, Material};
use crate::meetings::When;
use crate::platform::mail::words::MailKind;

const SITE: &str = "https://network.example.org";

fn activity(title: &str, place: &str) -> Entry {
    Entry {
        url: format!("{SITE}/activities/sample"),
        title: title.into(),
        scope: activities::Scope::National.into(),
        kind: "talk".into(),
        when_text: "3 March 2027".into(),
        place: place.into(),
        summary: "What a museum learnt in its first year of social prescribing.".into(),
    }
}

fn coming(title: &str, when: &str, answer: Option<&'static str>) -> Coming {
    Coming {
        title: title.into(),
        url: format!("{SITE}/meetings/2027-03-24-sample"),
        when: When {
            iso: "2027-03-24T15:00:00Z".into(),
            ends_iso: "2027-03-24T16:30:00Z".into(),
            text: when.into(),
            reader: None,
        },
        when_text: when.into(),
        answer,
    }
}

fn view(network: &str, rhythm: Rhythm, news: News, activities: usize) -> View<'static> {
    View {
        subject_line: format!("What is new at {network}: {}", news.counts(activities)),
        heading: format!("What is new at {network}"),
        opening: opening(rhythm),
        news,
        activities_url: format!("{SITE}/activities"),
        off_url: "https://network.example.org/unsubscribe/sample4k7q2m",
        choices_url: format!("{SITE}/me/mail"),
    }
}

pub fn kinds(network: &str) -> Vec<MailKind> {
    let when = "Wednesday 24 March 2027, 15:00–16:30, London";
    let long = "Wednesday 24 March 2027, 15:00–16:30, London (Thursday 25 March, 02:00–03:30 for you)";
    let slides = |meeting: &str| Material {
        meeting: meeting.into(),
        url: format!("{SITE}/meetings/2027-01-20-sample"),
        what: "Slides of the first talk".into(),
    };
    let ordinary = News {
        activities: vec![activity("A sample exhibition", "Oxford")],
        meetings: vec![coming("How link workers are trained", when, None)],
        ..News::default()
    };
    let longest = News {
        activities: vec![
            activity(
                "A sample exhibition with a title that runs on over two lines of a phone",
                ""
            );
            12
        ],
        more_activities: Some("and 3 more".into()),
        meetings: vec![coming(
            "How link workers are trained, supervised and supported",
            long,
            Some("yes"),
        )],
        materials: vec![slides("What link workers need to stay")],
    };
    let little = News {
        materials: vec![slides("What link workers need to stay")],
        ..News::default()
    };
    vec![
        MailKind::new(
            "digest/digest",
            "Digest",
            "Once a week or a month, to those who asked for it, where there is something new.",
        )
        .footer(format!("You get this because you asked {network} for a digest."))
        .needs(&["off_url"])
        .sample("Ordinary", &view(network, Rhythm::Weekly, ordinary, 1))
        .sample("Longest: a month", &view(network, Rhythm::Monthly, longest, 15))
        .sample("Little", &view(network, Rhythm::Weekly, little, 0)),
    ]
}
