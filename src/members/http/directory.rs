//! `/members`: those who agreed to be seen, for members only.

use actix_web::HttpRequest;
use serde::Serialize;

use super::list;
use super::me::country_name;
use crate::members::{Member, store};
use crate::web::{Answer, AppData, Fields, Pager, SignedIn, Visit};

#[derive(Serialize)]
struct Entry {
    name: String,
    affiliation: String,
    country: String,
    role: String,
    interests: String,
}

#[derive(Serialize)]
struct View {
    q: String,
    entries: Vec<Entry>,
    pager: Pager,
    is_listed: bool,
}

pub async fn page(app: AppData, visit: Visit, who: SignedIn, request: HttpRequest) -> Answer {
    let query = Fields::parse(request.query_string().as_bytes())?;
    let q: String = query.get("q").trim().chars().take(100).collect();
    let listed = app.read(store::listed).await?;
    let is_listed = listed.iter().any(|member| member.id == who.id);
    let found: Vec<Entry> = listed.iter().map(entry).filter(|entry| entry.is_about(&q)).collect();
    let (entries, pager) = list::cut(found, query.get("page"), "/members", &[("q", &q)], "members");
    let view = View {
        q,
        entries,
        pager,
        is_listed,
    };
    visit.page(&app, "pages/members/directory", "Members", &view)
}

fn entry(member: &Member) -> Entry {
    Entry {
        name: member.name.clone(),
        affiliation: member.affiliation.clone(),
        country: country_name(&member.country),
        role: member.role.clone(),
        interests: member.interests.clone(),
    }
}

impl Entry {
    fn is_about(&self, q: &str) -> bool {
        list::matches(
            q,
            &[
                &self.name,
                &self.affiliation,
                &self.country,
                &self.role,
                &self.interests,
            ],
        )
    }
}
