//! The coordinators' side: writing the questions, sending them, reading what came.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use serde::Serialize;

use crate::meetings::asking::{Asking, Bar, asking, people, reached};
use crate::meetings::feedback::model::{Form, Kind, OPEN_FOR, Outcome, Question, SHOWN_FROM, Status, outcome};
use crate::meetings::feedback::{FeedbackError, actions, form, mail, store};
use crate::meetings::words::{self, When};
use crate::meetings::{Meeting, MeetingId};
use crate::platform::app::App;
use crate::platform::db::Conn;
use crate::web::{Answer, AppData, Choice, Coordinator, Fields, FormView, Moment, StatusView, Visit, deadline, moment};

#[derive(Serialize)]
struct Edit {
    url: String,
    title: String,
    when: When,
    form: FormView,
    kinds: Vec<Vec<Choice>>,
    version: String,
}

fn edit_view(meeting: &Meeting, who: &Coordinator, form: FormView, chosen: [&str; 5], version: String) -> Edit {
    Edit {
        url: meeting.desk_path(),
        title: meeting.title.clone(),
        when: words::when(meeting, Some(&who.time_zone)),
        form,
        kinds: chosen.map(form::kinds).to_vec(),
        version,
    }
}

const EDIT: &str = "pages/meetings/feedback_form";

/// What came, once the form has been sent; until then, the questions to write.
pub async fn show(app: AppData, visit: Visit, who: Coordinator, id: Path<String>) -> Answer {
    let id = MeetingId::from(id.into_inner());
    let (meeting, form) = app.read(move |conn| actions::find(conn, &id)).await?;
    if let Some(sent) = form.as_ref().filter(|form| form.status != Status::Draft).cloned() {
        let app_too = app.clone();
        let view = app
            .read(move |conn| results(conn, &app_too, &who, meeting, &sent))
            .await?;
        return visit.page(&app, "pages/meetings/feedback_results", "Feedback", &view);
    }
    let (questions, version) = match &form {
        Some(form) => (form.questions().map_err(FeedbackError::from)?, form.version.to_string()),
        None => (form::suggested(), String::new()),
    };
    let chosen = std::array::from_fn(|place| {
        questions
            .get(place)
            .map(|question| question.kind.as_str())
            .unwrap_or_default()
    });
    let view = edit_view(&meeting, &who, form::filled(&questions), chosen, version);
    visit.page(&app, EDIT, "Ask for feedback", &view)
}

/// Keeps the questions.
pub async fn save(app: AppData, visit: Visit, who: Coordinator, id: Path<String>, fields: Fields) -> Answer {
    let id = MeetingId::from(id.into_inner());
    let (typed, questions) = form::parse(&fields);
    let Some(questions) = questions else {
        let (meeting, _) = app.read(move |conn| actions::find(conn, &id)).await?;
        let chosen = ["k1", "k2", "k3", "k4", "k5"].map(|name| fields.get(name));
        let view = edit_view(&meeting, &who, typed, chosen, fields.get("version").to_owned());
        return visit.page_with(&app, StatusCode::UNPROCESSABLE_ENTITY, EDIT, "Ask for feedback", &view);
    };
    let version = fields.get("version").parse().ok();
    let meeting = app
        .write(move |tx, ctx| actions::save_questions(tx, ctx, &who, &id, version, &questions))
        .await?;
    let path = format!("{}/feedback/sending", meeting.desk_path());
    visit.see_other_saying(&app, &path, "The questions are saved. Nobody has been asked.")
}

#[derive(Serialize)]
struct Sending {
    url: String,
    title: String,
    heading: &'static str,
    lead: String,
    action: String,
    #[serde(flatten)]
    asking: Asking,
}

/// Whom the mail would reach, and how it will read.
pub async fn sending(app: AppData, visit: Visit, who: Coordinator, id: Path<String>) -> Answer {
    let id = MeetingId::from(id.into_inner());
    let app_too = app.clone();
    let view = app
        .read(move |conn| {
            let now = app_too.now();
            let (meeting, form) = actions::find(conn, &id)?;
            let form = form.ok_or(FeedbackError::NoQuestions)?;
            let (guests, came) = store::guests(conn, &meeting)?;
            let (reached, spared) = reached(conn, &app_too, guests)?;
            let refusal = actions::refusal(&meeting, &form, reached.len(), now);
            let (number, closes_at) = (form.questions()?.len(), now.plus(OPEN_FOR));
            let asked = mail::Asked {
                questions: number,
                closes_at,
                came,
            };
            let own_first = reached.iter().find(|member| member.id == who.id).or(reached.first());
            // The link in it leads nowhere: a preview must not hand out anybody's link.
            let words = own_first
                .map(|member| mail::words(&app_too, &meeting, asked, member, "preview", &app_too.url("/unsubscribe/preview")))
                .transpose()?;
            let mut asking = asking(reached.len(), spared, own_first.zip(words), "Ask");
            asking.warning = refusal.map(|why| why.to_string());
            let url = format!("{}/feedback", meeting.desk_path());
            Ok::<_, FeedbackError>(Sending {
                action: format!("{url}/sending"),
                url,
                heading: "Ask for feedback",
                lead: format!(
                    "It goes to those who {}. Each gets a link that answers once, until {}. Nobody’s name is kept with what they say, and results are shown once three people have answered.",
                    if came { "are noted as having come" } else { "said yes or maybe, for nobody is noted as having come" },
                    deadline(closes_at, &who.time_zone).text
                ),
                title: meeting.title,
                asking,
            })
        })
        .await?;
    visit.page(&app, "pages/meetings/asking", "Ask for feedback", &view)
}

/// Opens the form and asks.
pub async fn open(app: AppData, visit: Visit, who: Coordinator, id: Path<String>, _: Fields) -> Answer {
    let id = MeetingId::from(id.into_inner());
    let (meeting, mails) = app.write(move |tx, ctx| actions::open(tx, ctx, &who, &id)).await?;
    let text = format!("The questions are on their way to {}.", people(mails));
    visit.see_other_saying(&app, &format!("{}/feedback", meeting.desk_path()), &text)
}

/// Takes no more answers.
pub async fn close(app: AppData, visit: Visit, who: Coordinator, id: Path<String>, _: Fields) -> Answer {
    let id = MeetingId::from(id.into_inner());
    let meeting = app.write(move |tx, ctx| actions::close(tx, ctx, &who, &id)).await?;
    let text = "The form is closed. Nobody is told by that.";
    visit.see_other_saying(&app, &format!("{}/feedback", meeting.desk_path()), text)
}

/// What the answers to one question come to.
#[derive(Serialize)]
struct Answered {
    number: usize,
    text: String,
    is_text: bool,
    bars: Vec<Bar>,
    /// "4.3 on average, of 12 who answered"
    summary: String,
    words: Vec<String>,
}

#[derive(Serialize)]
struct Results {
    url: String,
    title: String,
    when: When,
    status: StatusView,
    closes: Option<Moment>,
    is_open: bool,
    answered: usize,
    asked: usize,
    is_shown: bool,
    questions: Vec<Answered>,
}

fn results(
    conn: &mut Conn,
    app: &App,
    who: &Coordinator,
    meeting: Meeting,
    form: &Form,
) -> Result<Results, FeedbackError> {
    let questions = form.questions()?;
    let answers = store::answers(conn, &form.id)?;
    // Everybody writes one row a question, also where they pass it over.
    let answered = answers.iter().filter(|(question, _)| *question == 0).count();
    let is_shown = answered >= SHOWN_FROM;
    let is_open = form.is_open(app.now());
    let of_question = |place: usize, question: &Question| {
        let given: Vec<&str> = answers
            .iter()
            .filter(|(number, _)| usize::try_from(*number) == Ok(place))
            .map(|(_, answer)| answer.as_str())
            .collect();
        answered_view(place + 1, question, &given)
    };
    Ok(Results {
        url: meeting.desk_path(),
        when: words::when(&meeting, Some(&who.time_zone)),
        status: if is_open {
            StatusView::new("good", "Open")
        } else {
            StatusView::new("calm", "Closed")
        },
        closes: form.closes_at.map(|at| moment(at, &who.time_zone)),
        is_open,
        asked: store::asked(conn, &form.id)?.len().max(answered),
        answered,
        is_shown,
        questions: if is_shown {
            questions
                .iter()
                .enumerate()
                .map(|(place, question)| of_question(place, question))
                .collect()
        } else {
            Vec::new()
        },
        title: meeting.title,
    })
}

fn answered_view(number: usize, question: &Question, given: &[&str]) -> Answered {
    let said = given.iter().filter(|answer| !answer.is_empty()).count();
    let bars = |labels: Vec<String>, counts: &[usize]| -> Vec<Bar> {
        labels
            .into_iter()
            .zip(counts)
            .map(|(label, count)| Bar {
                label,
                mark: None,
                text: count.to_string(),
                yes: *count,
                maybe: 0,
                no: 0,
                total: said,
            })
            .collect()
    };
    let answered = match said {
        0 => "Nobody answered this one".to_owned(),
        n => format!("{} answered", people(n)),
    };
    let (bars, summary, words) = match outcome(question, given) {
        Outcome::Scale { counts, mean } => (
            bars(scale().map(|(_, label)| label.to_owned()).to_vec(), &counts),
            match mean {
                Some(mean) => format!("{mean:.1} on average; {answered}"),
                None => answered,
            },
            Vec::new(),
        ),
        Outcome::Choice { counts } => (bars(question.options.clone(), &counts), answered, Vec::new()),
        Outcome::Text { words } => (Vec::new(), answered, words),
    };
    Answered {
        number,
        text: question.text.clone(),
        is_text: question.kind == Kind::Text,
        bars,
        summary,
        words,
    }
}

/// The numbers of a scale and how they are called.
pub(super) fn scale() -> [(&'static str, &'static str); 5] {
    [
        ("1", "1, not at all"),
        ("2", "2"),
        ("3", "3"),
        ("4", "4"),
        ("5", "5, very much"),
    ]
}
