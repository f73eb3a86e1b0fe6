//! Every piece that pages are made of on one page, in the demo: one look tells whether they belong together.

use serde_json::json;

use crate::web::{Answer, AppData, Choice, Fields, FormView, Visit, WebError};

pub(super) async fn show(app: AppData, visit: Visit) -> Answer {
    if !app.config.is_demo {
        return Err(WebError::NotFound);
    }
    let names = ["name", "email", "reason", "country", "starts", "answer", "privacy"];
    let typed = Fields::of([
        ("name", "A sample name"),
        ("email", "sample@example"),
        ("starts", "2027-03-24T15:00"),
        ("answer", "public"),
    ]);
    let mut form = FormView::of(&names, &typed);
    form.fail("email", "This address is not complete: write it as name@example.org.");
    let status = |kind, text| json!({ "kind": kind, "text": text });
    let view = json!({
        "form": form,
        "when": { "iso": "2027-03-24T15:00:00Z", "text": "Wednesday 24 March 2027, 15:00 London", "reader": "16:00" },
        "scopes": [
            { "key": "local", "text": "Local" },
            { "key": "national", "text": "National" },
            { "key": "international", "text": "International" },
        ],
        "statuses": [status("good", "Sent"), status("wait", "Waiting"), status("bad", "Failed"), status("calm", "Draft")],
        "notices": [
            { "kind": "calm", "heading": null, "text": "A calm word about how things are." },
            { "kind": "good", "heading": "Done", "text": "The meeting is scheduled and everyone is invited." },
            { "kind": "wait", "heading": "Not yet", "text": "Two changes wait to be told." },
            { "kind": "bad", "heading": "Three mails failed", "text": "Look at the outbox for the reasons." },
        ],
        "preflight": {
            "heading": "What will be sent",
            "lines": [{ "number": 248, "text": "invitations" }, { "number": 2, "text": "withdrawals" }],
            "note": "Nothing goes before you press the button.",
        },
        "empty": { "heading": "No meetings yet", "text": "Write the first one; it stays a draft.", "href": "#form", "action": "Write a meeting" },
        "countries": [Choice::new("GB", "United Kingdom", "GB"), Choice::new("CA", "Canada", "GB")],
        "visibilities": [Choice::new("public", "Everyone", "public"), Choice::new("members", "Members only", "public")],
        "summary": { "heading": "The request", "rows": [
            { "term": "Affiliation", "text": "Sample Trust", "href": null, "action": null },
            { "term": "Country", "text": "Canada", "href": "#form", "action": "Change" },
        ] },
        "difference": { "rows": [{
            "label": "Summary",
            "before": [{ "text": "Maps and ", "is_changed": false }, { "text": "gardnes", "is_changed": true }],
            "after": [{ "text": "Maps and ", "is_changed": false }, { "text": "gardens", "is_changed": true }],
        }] },
        "timeline": { "items": [
            { "when": "Today, 09:12", "text": "Approved", "detail": "by a coordinator", "href": null },
            { "when": "Yesterday, 17:40", "text": "Address confirmed", "detail": null, "href": "#form" },
        ] },
        "answers": { "yes": 40, "maybe": 12, "no": 9, "open": 39, "total": 100, "href": "#form" },
        "progress": { "label": "Invitations sent", "done": 180, "total": 250, "text": "180 of 250" },
        "members": [
            { "name": "Sample One", "affiliation": "Sample Trust", "status": status("good", "Member"), "meetings": 7 },
            { "name": "Sample Two", "affiliation": "An affiliation with quite a long name", "status": status("calm", "Left"), "meetings": 0 },
        ],
        "pager": { "previous": "#form", "next": "#form", "text": "Page 2 of 3" },
    });
    visit.page(&app, "pages/site/pieces", "The pieces", &view)
}
