//! Who gets what and why, in words.

use crate::meetings::invitations::{Answer, SubjectKind, Why};

/// In which order the reasons are shown.
pub(super) fn rank(why: Why) -> usize {
    match why {
        Why::NotInvitedYet => 0,
        Why::InvitedAgain => 1,
        Why::AnsweredBefore(answer) | Why::AskedAgain(answer) | Why::Keeps(answer) => match answer {
            Answer::Yes => 2,
            Answer::Maybe => 3,
            Answer::None => 4,
            Answer::No => 5,
        },
        Why::Ends => 6,
        Why::NotLeftYet => 7,
        Why::SaidNo => 8,
        Why::InvitedAlready => 9,
        Why::NoLongerInvited => 10,
        Why::NeverInvited => 11,
        Why::Unheard => 12,
        Why::WantsNone => 13,
    }
}

fn one_or_more<'a>(number: usize, one: &'a str, more: &'a str) -> &'a str {
    if number == 1 { one } else { more }
}

/// "people get the new time, and are asked again", after their number.
pub(super) fn gets(kind: SubjectKind, number: usize) -> String {
    let what = match kind {
        SubjectKind::Invitation => "an invitation",
        SubjectKind::InvitedAgain => "a new invitation, after the cancellation",
        SubjectKind::NewTime => one_or_more(
            number,
            "the new time, and is asked again",
            "the new time, and are asked again",
        ),
        SubjectKind::Updated => one_or_more(
            number,
            "the change; their answer stands",
            "the change; their answers stand",
        ),
        SubjectKind::Cancelled => "the cancellation, which takes it out of their calendar",
        SubjectKind::Withdrawn => "the withdrawal of their invitation",
        SubjectKind::Waiting => "a word on the waiting list",
    };
    format!("{} {what}", one_or_more(number, "person gets", "people get"))
}

/// "have said no and get nothing, …", after their number.
pub(super) fn spared(why: Why, number: usize) -> String {
    let gets = one_or_more(number, "gets", "get");
    format!(
        "{} {} {gets} nothing",
        one_or_more(number, "person", "people"),
        who(why, number)
    )
}

/// "addresses are suspended", after their number.
pub(super) fn suspended(number: usize) -> String {
    format!(
        "{} suspended and {} nothing, for mail there comes back",
        one_or_more(number, "address is", "addresses are"),
        one_or_more(number, "gets", "get")
    )
}

/// "who had said yes", after "12 people".
pub(super) fn who(why: Why, number: usize) -> &'static str {
    let have = |one, more| one_or_more(number, one, more);
    match why {
        Why::AnsweredBefore(Answer::No) => "who said no in the date poll",
        Why::AnsweredBefore(Answer::Maybe) => "who said maybe in the date poll",
        Why::AnsweredBefore(_) => "who said yes in the date poll",
        Why::NotInvitedYet => have("who has no invitation yet", "who have no invitation yet"),
        Why::InvitedAgain => have("who was told that it is off", "who were told that it is off"),
        Why::NotLeftYet => "whose invitation had not left yet",
        Why::AskedAgain(Answer::Yes) => "who had said yes",
        Why::AskedAgain(Answer::Maybe) => "who had said maybe",
        Why::AskedAgain(Answer::No) => "who had said no",
        Why::AskedAgain(Answer::None) => "who had not answered",
        Why::Keeps(Answer::Yes) => have("who has said yes", "who have said yes"),
        Why::Keeps(Answer::Maybe) => have("who has said maybe", "who have said maybe"),
        Why::Keeps(Answer::No) | Why::SaidNo => have("who has said no", "who have said no"),
        Why::Keeps(Answer::None) => have("who has not answered", "who have not answered"),
        Why::Ends => have("who holds an invitation", "who hold an invitation"),
        Why::NeverInvited => have("who was never invited", "who were never invited"),
        Why::InvitedAlready => have("who is invited already", "who are invited already"),
        Why::NoLongerInvited => have("who is no longer invited", "who are no longer invited"),
        Why::Unheard => have("who has not heard of it yet", "who have not heard of it yet"),
        Why::WantsNone => have("who wants no invitations by mail", "who want no invitations by mail"),
    }
}

/// Why, in a sentence or two.
pub(super) fn sentence(why: Why) -> &'static str {
    match why {
        Why::NotInvitedYet => "They are members, and no invitation to this meeting has been written to them.",
        Why::AnsweredBefore(_) => {
            "They have answered this very time in the date poll: their invitation says so, and they can change it."
        }
        Why::InvitedAgain => {
            "Their calendars have taken it out. They are asked anew; what they said before no longer counts."
        }
        Why::NotLeftYet => {
            "The mail that waits for them is taken back. This one takes its place, with what is now true."
        }
        Why::AskedAgain(Answer::Yes | Answer::Maybe) => {
            "They said so of the old time. A new time is a new question: they are asked again, and count as not \
             answered until they say."
        }
        Why::AskedAgain(Answer::No) => {
            "They said no to the old time. The new one may suit them, so they are asked again."
        }
        Why::AskedAgain(Answer::None) => "They are asked for the new time now.",
        Why::Keeps(Answer::Yes | Answer::Maybe) => {
            "Their answer stands: their calendars show what is new, and do not ask."
        }
        Why::Keeps(Answer::No) => {
            "The joining link is new. They may yet come, and an answer alone does not bring it; their no stands."
        }
        Why::Keeps(Answer::None) => "They hear what is new, and may still answer.",
        Why::Ends => "They hold an invitation. This takes it out of their calendars.",
        Why::NeverInvited => {
            "They became members without one, as an import makes them. The meeting’s page offers to invite them."
        }
        Why::InvitedAlready => "Nobody is invited twice.",
        Why::NoLongerInvited => "Their invitation was withdrawn, or they hold its cancellation.",
        Why::SaidNo => "They asked to hear less: neither the time nor the joining link is new.",
        Why::WantsNone => {
            "They have turned invitations by mail off. It stands on their pages and in their calendar address, and once they say yes or maybe there, they are told of changes."
        }
        Why::Unheard => {
            "Nothing about it has left for them. What waits is taken back, so there is nothing to call off."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_told_of_as_one_and_several_as_several() {
        assert_eq!(spared(Why::SaidNo, 9), "people who have said no get nothing");
        assert_eq!(spared(Why::SaidNo, 1), "person who has said no gets nothing");
        assert_eq!(
            gets(SubjectKind::NewTime, 1),
            "person gets the new time, and is asked again"
        );
        assert_eq!(
            suspended(4),
            "addresses are suspended and get nothing, for mail there comes back"
        );
    }
}
