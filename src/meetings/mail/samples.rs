//! Samples of the mails about meetings: ordinary, longest, empty.

use super::*;
use crate::platform::mail::words::MailKind;

pub(in crate::meetings) const MEMBER: &str = "You get this because you are a member of the network.";
pub(in crate::meetings) const TITLE: &str = "How link workers are trained";
pub(in crate::meetings) const LONG_TITLE: &str = "How link workers are trained, supervised and supported in rural and coastal communities: what five countries have learnt";
pub(in crate::meetings) const WHEN: &str = "Wednesday 24 March 2027, 15:00–16:30, London";
pub(in crate::meetings) const LONG_WHEN: &str =
    "Wednesday 24 March 2027, 15:00–16:30, London (Thursday 25 March, 02:00–03:30 for you)";

fn view() -> View<'static> {
    let rsvp = "https://network.example.org/rsvp/sample4k7q2m";
    let summary = "What a good first year looks like, with time for questions.";
    View {
        subject_line: SubjectKind::Invitation.subject(TITLE, "24 March 2027, 15:00 London"),
        opening: opening(SubjectKind::Invitation, "the network", false),
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

fn longest() -> View<'static> {
    let summary = "What a good first year looks like, with **time for questions**.\n\n* training before the first client\n\
                   * supervision that lasts\n\nThe paper: [a sample paper](https://example.org/paper).";
    View {
        subject_line: SubjectKind::NewTime.subject(LONG_TITLE, "24 March 2027, 15:00 London"),
        opening: opening(SubjectKind::NewTime, "the network", false),
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
        ..view()
    }
}

fn empty() -> View<'static> {
    View {
        speakers: Vec::new(),
        summary_text: String::new(),
        summary_html: SafeHtml::default(),
        joining_link: String::new(),
        ..view()
    }
}

fn cancelled(title: &str, when: &str, reason: &str) -> View<'static> {
    View {
        subject_line: SubjectKind::Cancelled.subject(title, "24 March 2027, 15:00 London"),
        opening: opening(SubjectKind::Cancelled, "the network", false),
        title: title.into(),
        when: when.into(),
        reason: reason.into(),
        ..view()
    }
}

/// The mails of the slice, in the order of a meeting's life.
pub fn kinds() -> Vec<MailKind> {
    let mut kinds =
        vec![
        MailKind::new(
            "meetings/invitation",
            "Invitation, and changes of a meeting",
            "When a meeting is scheduled, when something about it changes, and to whoever joins later.",
        )
        .footer(MEMBER)
        .needs(&["title", "when", "joining_link", "off_url"])
        .sample("Ordinary", &view())
        .sample("Longest: a new time", &longest())
        .sample("Empty", &empty()),
        MailKind::new(
            "meetings/cancellation",
            "Cancellation",
            "When a meeting is cancelled, or somebody’s invitation to it is withdrawn.",
        )
        .footer(MEMBER)
        .needs(&["title", "when", "reason", "off_url"])
        .sample("Ordinary", &cancelled(TITLE, WHEN, "The speaker is ill. We will find a new date."))
        .sample(
            "Longest",
            &cancelled(
                LONG_TITLE,
                LONG_WHEN,
                "The speaker is ill, and the rooms of two of the five hosts are closed that day. We will ask everyone \
                 for a new date in the week after.",
            ),
        )
        .sample("Without a reason", &cancelled(TITLE, WHEN, "")),
    ];
    kinds.extend(crate::meetings::poll::mail_kinds());
    kinds.extend(crate::meetings::reminders::mail_kinds());
    kinds.extend(crate::meetings::places::mail_kinds());
    kinds.extend(crate::meetings::replies::mail_kinds());
    kinds.extend(crate::meetings::materials::mail_kinds());
    kinds.extend(crate::meetings::feedback::mail_kinds());
    kinds
}
