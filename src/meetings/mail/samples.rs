//! Samples of the mails about meetings: ordinary, longest, empty.

use super::*;
use crate::platform::mail::words::MailKind;

pub(in crate::meetings) const TITLE: &str = "How link workers are trained";
pub(in crate::meetings) const LONG_TITLE: &str = "How link workers are trained, supervised and supported in rural and coastal communities: what five countries have learnt";
pub(in crate::meetings) const WHEN: &str = "Wednesday 24 March 2027, 15:00–16:30, London";
pub(in crate::meetings) const LONG_WHEN: &str =
    "Wednesday 24 March 2027, 15:00–16:30, London (Thursday 25 March, 02:00–03:30 for you)";

pub(in crate::meetings) fn member(network: &str) -> String {
    format!("You get this because you are a member of {network}.")
}

fn view(network: &str) -> View<'static> {
    let rsvp = "https://network.example.org/rsvp/sample4k7q2m";
    let summary = "What a good first year looks like, with time for questions.";
    View {
        subject_line: SubjectKind::Invitation.subject(TITLE, "24 March 2027, 15:00 London"),
        opening: opening(SubjectKind::Invitation, network, false),
        title: TITLE.into(),
        when: WHEN.into(),
        was: None,
        reason: String::new(),
        speakers: vec!["Sample Speaker, Sample University".into()],
        summary_text: markdown::to_text(summary),
        summary_html: markdown::to_html(summary),
        joining_link: "https://meet.example.org/sample-room".into(),
        is_own_link: false,
        page_url: "https://network.example.org/meetings/2027-03-24-sample".into(),
        yes_url: format!("{rsvp}?answer=yes"),
        maybe_url: format!("{rsvp}?answer=maybe"),
        no_url: format!("{rsvp}?answer=no"),
        answer: None,
        off_url: "https://network.example.org/unsubscribe/sample4k7q2m",
        places: None,
    }
}

fn longest(network: &str) -> View<'static> {
    let summary = "What a good first year looks like, with **time for questions**.\n\n* training before the first client\n\
                   * supervision that lasts\n\nThe paper: [a sample paper](https://example.org/paper).";
    View {
        subject_line: SubjectKind::NewTime.subject(LONG_TITLE, "24 March 2027, 15:00 London"),
        opening: opening(SubjectKind::NewTime, network, false),
        title: LONG_TITLE.into(),
        when: LONG_WHEN.into(),
        was: Some("Tuesday 23 March 2027, 15:00–16:30, London (Wednesday 24 March, 02:00–03:30 for you)".into()),
        speakers: vec![
            "Sample Speaker, Sample University".into(),
            "Second Sample Speaker, Sample Trust for Community Health".into(),
        ],
        summary_text: markdown::to_text(summary),
        summary_html: markdown::to_html(summary),
        joining_link: "https://network.example.org/meetings/2027-03-24-sample/join/sample4k7q2m".into(),
        is_own_link: true,
        answer: said(Answer::Maybe),
        places: Some("12 places".into()),
        ..view(network)
    }
}

fn empty(network: &str) -> View<'static> {
    View {
        speakers: Vec::new(),
        summary_text: String::new(),
        summary_html: SafeHtml::default(),
        joining_link: String::new(),
        ..view(network)
    }
}

fn cancelled(network: &str, title: &str, when: &str, reason: &str) -> View<'static> {
    View {
        subject_line: SubjectKind::Cancelled.subject(title, "24 March 2027, 15:00 London"),
        opening: opening(SubjectKind::Cancelled, network, false),
        title: title.into(),
        when: when.into(),
        reason: reason.into(),
        ..view(network)
    }
}

fn withdrawn(network: &str, has_left: bool) -> View<'static> {
    View {
        subject_line: SubjectKind::Withdrawn.subject(TITLE, "24 March 2027, 15:00 London"),
        opening: opening(SubjectKind::Withdrawn, network, has_left),
        off_url: if has_left { "" } else { view(network).off_url },
        ..view(network)
    }
}

/// The mails of the slice, in the order of a meeting's life.
pub fn kinds(network: &str) -> Vec<MailKind> {
    let mut kinds =
        vec![
        MailKind::new(
            "meetings/invitation",
            "Invitation, and changes of a meeting",
            "When a meeting is scheduled, when something about it changes, and to whoever joins later.",
        )
        .footer(member(network))
        .needs(&["title", "when", "joining_link", "off_url"])
        .sample("Ordinary", &view(network))
        .sample("Longest: a new time", &longest(network))
        .sample("Empty", &empty(network)),
        MailKind::new(
            "meetings/cancellation",
            "Cancellation",
            "When a meeting is cancelled, or somebody’s invitation to it is withdrawn.",
        )
        .footer(member(network))
        .needs(&["title", "when", "reason", "off_url"])
        .sample("Ordinary", &cancelled(network, TITLE, WHEN, "The speaker is ill. We will find a new date."))
        .sample(
            "Longest",
            &cancelled(
                network,
                LONG_TITLE,
                LONG_WHEN,
                "The speaker is ill, and the rooms of two of the five hosts are closed that day. We will ask everyone \
                 for a new date in the week after.",
            ),
        )
        .sample("Without a reason", &cancelled(network, TITLE, WHEN, ""))
        .sample("Withdrawn, as they asked", &withdrawn(network, false))
        .footer(format!(
            "You get this because you have left {network}: it takes the meeting out of your calendar."
        ))
        .sample("Withdrawn, as they have left", &withdrawn(network, true)),
    ];
    kinds.extend(crate::meetings::poll::mail_kinds(network));
    kinds.extend(crate::meetings::reminders::mail_kinds(network));
    kinds.extend(crate::meetings::places::mail_kinds(network));
    kinds.extend(crate::meetings::replies::mail_kinds(network));
    kinds.extend(crate::meetings::materials::mail_kinds(network));
    kinds.extend(crate::meetings::feedback::mail_kinds(network));
    kinds
}
