//! The form in which the questions are written, from what was typed to [`Question`]s.

use super::model::{Kind, MOST_QUESTIONS, Question};
use crate::platform::text::line::one_line;
use crate::web::{Choice, Fields, FormView};

/// Kind, question and given lines of each of five.
pub(super) const FIELDS: &[&str] = &[
    "k1", "q1", "o1", "k2", "q2", "o2", "k3", "q3", "o3", "k4", "q4", "o4", "k5", "q5", "o5",
];

/// A form that shows questions as they are.
pub(super) fn filled(questions: &[Question]) -> FormView {
    let mut form = FormView::blank(FIELDS);
    for (number, question) in (1..).zip(questions) {
        form.set(&format!("k{number}"), question.kind.as_str())
            .set(&format!("q{number}"), &question.text)
            .set(&format!("o{number}"), question.options.join("\n"));
    }
    form
}

/// What the form shows where nothing was written yet.
pub(super) fn suggested() -> Vec<Question> {
    let question = |kind, text: &str| Question {
        kind,
        text: text.into(),
        options: Vec::new(),
    };
    vec![
        question(Kind::Scale, "How useful was this meeting to you?"),
        question(Kind::Text, "What should we do otherwise next time?"),
    ]
}

/// The kinds to choose from, for a question of which `chosen` is typed.
pub(super) fn kinds(chosen: &str) -> Vec<Choice> {
    [
        ("", "No question"),
        ("scale", "From 1 to 5"),
        ("choice", "One of the lines below"),
        ("text", "In their own words"),
    ]
    .into_iter()
    .map(|(value, label)| Choice::new(value, label, chosen))
    .collect()
}

/// Reads the form.
pub(super) fn parse(fields: &Fields) -> (FormView, Option<Vec<Question>>) {
    let mut form = FormView::of(FIELDS, fields);
    let mut questions = Vec::new();
    for number in 1..=MOST_QUESTIONS {
        questions.extend(question(&mut form, fields, number));
    }
    if questions.is_empty() && form.is_ok() {
        form.fail("q1", "Write at least one question.");
    }
    let questions = form.is_ok().then_some(questions);
    (form, questions)
}

fn question(form: &mut FormView, fields: &Fields, number: usize) -> Option<Question> {
    let name = |letter: char| format!("{letter}{number}");
    let (kind, text) = (fields.get(&name('k')), fields.get(&name('q')));
    if kind.is_empty() && text.trim().is_empty() {
        return None;
    }
    let text = form.take(
        &name('q'),
        one_line(text, 300).and_then(|text| match text.is_empty() {
            true => Err(format!("Write question {number}, or choose “No question”.")),
            false => Ok(text),
        }),
    );
    let kind = form.take(
        &name('k'),
        Kind::parse(kind).ok_or_else(|| format!("Choose how question {number} is answered.")),
    )?;
    let options = match kind {
        Kind::Choice => form.take(&name('o'), options(fields.get(&name('o'))))?,
        Kind::Scale | Kind::Text => Vec::new(),
    };
    Some(Question {
        kind,
        text: text?,
        options,
    })
}

fn options(raw: &str) -> Result<Vec<String>, String> {
    let mut options: Vec<String> = Vec::new();
    for line in raw.lines() {
        let line = one_line(line, 100)?;
        if !line.is_empty() && !options.contains(&line) {
            options.push(line);
        }
    }
    match options.len() {
        2..=8 => Ok(options),
        _ => Err("Give from two to eight different answers to choose from, one a line.".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_are_read_and_gaps_are_passed_over() {
        let (form, questions) = parse(&Fields::of([
            ("k1", "scale"),
            ("q1", "How useful?"),
            ("k4", "choice"),
            ("q4", "How long next time?"),
            ("o4", "Shorter\r\nLonger\r\n\r\nLonger"),
        ]));
        assert!(form.is_ok());
        let questions = questions.expect("questions");
        assert_eq!(questions.len(), 2);
        assert_eq!(questions[1].options, ["Shorter", "Longer"]);
        let again = filled(&questions);
        assert!(again.is_ok());
    }

    #[test]
    fn each_bad_question_is_refused_by_itself() {
        for pairs in [
            vec![],
            vec![("q1", "How?")],
            vec![("k1", "scale")],
            vec![("k1", "stars"), ("q1", "How?")],
            vec![("k1", "choice"), ("q1", "How?"), ("o1", "One")],
            vec![("k1", "choice"), ("q1", "How?"), ("o1", "1\n2\n3\n4\n5\n6\n7\n8\n9")],
            vec![("k1", "text"), ("q1", "a\u{202e}b")],
        ] {
            let (form, questions) = parse(&Fields::of(pairs.clone()));
            assert!(questions.is_none() && !form.is_ok(), "{pairs:?}");
        }
    }
}
