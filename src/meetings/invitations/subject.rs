//! The subject line of each kind of invitation mail.

use crate::platform::ical::Method;

/// What a mail about a meeting says in its subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubjectKind {
    Invitation,
    /// Same time, something else is new.
    Updated,
    NewTime,
    Cancelled,
    /// The meeting takes place, but this person is no longer invited.
    Withdrawn,
    /// After a withdrawal or a cancellation.
    InvitedAgain,
    /// They said yes, and have to wait for a place.
    Waiting,
}

const ALL: [SubjectKind; 7] = [
    SubjectKind::Invitation,
    SubjectKind::Updated,
    SubjectKind::NewTime,
    SubjectKind::Cancelled,
    SubjectKind::Withdrawn,
    SubjectKind::InvitedAgain,
    SubjectKind::Waiting,
];

impl SubjectKind {
    /// The words before the colon.
    pub fn opening(&self) -> &'static str {
        match self {
            SubjectKind::Invitation => "Invitation",
            SubjectKind::Updated => "Updated",
            SubjectKind::NewTime => "New time",
            SubjectKind::Cancelled => "Cancelled",
            SubjectKind::Withdrawn => "Invitation withdrawn",
            SubjectKind::InvitedAgain => "Invited again",
            SubjectKind::Waiting => "Waiting list",
        }
    }

    /// The kind of a subject that [`SubjectKind::subject`] wrote.
    pub fn of(subject: &str) -> Option<SubjectKind> {
        let (opening, _) = subject.split_once(':')?;
        ALL.into_iter().find(|kind| kind.opening() == opening)
    }

    /// What such a mail asks a calendar to do.
    pub fn method(&self) -> Method {
        match self {
            SubjectKind::Cancelled | SubjectKind::Withdrawn => Method::Cancel,
            _ => Method::Request,
        }
    }

    /// One line such as `New time: Maps, 24 March 2027, 15:00 London`.
    pub fn subject(&self, title: &str, when_text: &str) -> String {
        let opening = self.opening();
        let (title, when) = (one_line(title), one_line(when_text));
        if when.is_empty() {
            format!("{opening}: {title}")
        } else {
            format!("{opening}: {title}, {when}")
        }
    }
}

/// White space of any kind becomes one space, control characters go.
fn one_line(text: &str) -> String {
    let spaced: String = text
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|c| !c.is_control())
        .collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_opens_its_subject_differently() {
        let kinds = [
            (SubjectKind::Invitation, "Invitation: Maps, 24 March, 15:00 London"),
            (SubjectKind::Updated, "Updated: Maps, 24 March, 15:00 London"),
            (SubjectKind::NewTime, "New time: Maps, 24 March, 15:00 London"),
            (SubjectKind::Cancelled, "Cancelled: Maps, 24 March, 15:00 London"),
            (
                SubjectKind::Withdrawn,
                "Invitation withdrawn: Maps, 24 March, 15:00 London",
            ),
            (SubjectKind::InvitedAgain, "Invited again: Maps, 24 March, 15:00 London"),
            (SubjectKind::Waiting, "Waiting list: Maps, 24 March, 15:00 London"),
        ];
        for (kind, subject) in kinds {
            assert_eq!(kind.subject("Maps", "24 March, 15:00 London"), subject);
            assert_eq!(SubjectKind::of(subject), Some(kind));
        }
    }

    #[test]
    fn a_title_cannot_start_a_header() {
        assert_eq!(
            SubjectKind::Updated.subject("Maps\r\nBcc: x@example.org\0", ""),
            "Updated: Maps Bcc: x@example.org"
        );
    }
}
