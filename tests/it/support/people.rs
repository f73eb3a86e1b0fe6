//! People in front of browsers: they keep cookies, find the token in the page, follow redirects.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use actix_web::cookie::Cookie;
use actix_web::http::header::{self, HeaderMap};
use actix_web::http::{Method, StatusCode};
use actix_web::test::TestRequest;

use super::TestApp;

/// One person's browser.
pub struct Actor<'a> {
    app: &'a TestApp,
    cookies: RefCell<BTreeMap<String, String>>,
    csrf: RefCell<String>,
    ip: Cell<&'static str>,
}

/// What came back.
#[derive(Debug)]
pub struct Page {
    pub status: StatusCode,
    /// The path that answered, after redirects.
    pub path: String,
    pub headers: HeaderMap,
    pub body: String,
}

impl Page {
    /// The body without tags, white space folded: what a person reads.
    pub fn text(&self) -> String {
        let mut text = String::new();
        let mut is_tag = false;
        for c in self.body.chars() {
            match c {
                '<' => is_tag = true,
                '>' => {
                    is_tag = false;
                    text.push(' ');
                }
                c if !is_tag => text.push(c),
                _ => {}
            }
        }
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        text.replace("&#x27;", "'")
            .replace("&quot;", "\"")
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&#x3D;", "=")
            .replace("&amp;", "&")
    }

    /// Fails unless a person reads `words` on the page.
    #[track_caller]
    pub fn shows(&self, words: &str) -> &Page {
        assert!(
            self.text().contains(words),
            "'{words}' is not on {} ({}):\n{}",
            self.path,
            self.status,
            self.text()
        );
        self
    }

    #[track_caller]
    pub fn hides(&self, words: &str) -> &Page {
        assert!(
            !self.body.contains(words),
            "'{words}' is on {}:\n{}",
            self.path,
            self.text()
        );
        self
    }

    #[track_caller]
    pub fn is(&self, status: u16) -> &Page {
        assert_eq!(self.status.as_u16(), status, "{}:\n{}", self.path, self.text());
        self
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default()
    }

    /// The first link on the page (or in a mail's text) whose address contains `part`.
    #[track_caller]
    pub fn link(&self, part: &str) -> String {
        self.link_of("href=\"", part)
    }

    /// The same for the address of another attribute, such as `src="`.
    #[track_caller]
    pub fn link_of(&self, attribute: &str, part: &str) -> String {
        let links = self
            .body
            .split(attribute)
            .skip(1)
            .filter_map(|rest| rest.split('"').next());
        let found = links
            .map(|link| link.replace("&#x3D;", "=").replace("&amp;", "&"))
            .find(|link| link.contains(part));
        found.unwrap_or_else(|| panic!("no link with '{part}' on {}:\n{}", self.path, self.body))
    }
}

/// The first link in a mail's text that contains `part`, as a path of ours.
#[track_caller]
pub fn link_in(text: &str, part: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c == '<' || c == '>' || c == '(' || c == ')');
    let found = words
        .filter(|word| word.starts_with("http"))
        .find(|word| word.contains(part));
    let link = found.unwrap_or_else(|| panic!("no link with '{part}' in:\n{text}"));
    link.trim_end_matches('.')
        .strip_prefix("http://localhost:8080")
        .expect("a link of ours")
        .to_owned()
}

impl<'a> Actor<'a> {
    pub fn new(app: &'a TestApp) -> Actor<'a> {
        Actor {
            app,
            cookies: RefCell::default(),
            csrf: RefCell::default(),
            ip: Cell::new("192.0.2.1"),
        }
    }

    /// Comes from another internet address.
    pub fn at_ip(self, ip: &'static str) -> Actor<'a> {
        self.ip.set(ip);
        self
    }

    /// Loses every cookie, as a browser does that was restored; the page stays open.
    pub fn lose_cookies(&self) {
        self.cookies.borrow_mut().clear();
    }

    pub fn keep_cookie(&self, cookie: &Cookie<'_>) {
        if cookie.max_age().is_some_and(|age| age.is_zero()) {
            self.cookies.borrow_mut().remove(cookie.name());
        } else {
            self.cookies
                .borrow_mut()
                .insert(cookie.name().to_owned(), cookie.value().to_owned());
        }
    }

    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.borrow().get(name).cloned()
    }

    /// Opens a page and follows redirects.
    pub async fn visit(&self, path: &str) -> Page {
        let page = self.send(Method::GET, path, None, &[]).await;
        self.land(page).await
    }

    /// Opens a page without following redirects, with headers of its own.
    pub async fn get(&self, path: &str, headers: &[(&'static str, &str)]) -> Page {
        self.send(Method::GET, path, None, headers).await
    }

    /// Follows a link from a mail.
    pub async fn follow(&self, mail_text: &str, part: &str) -> Page {
        self.visit(&link_in(mail_text, part)).await
    }

    /// Fills in and sends a form, with the token of the page last seen, and follows the redirect.
    pub async fn submit<'f>(&self, path: &str, fields: impl IntoIterator<Item = (&'f str, &'f str)>) -> Page {
        let page = self.post(path, fields).await;
        self.land(page).await
    }

    /// The same without following the redirect.
    pub async fn post<'f>(&self, path: &str, fields: impl IntoIterator<Item = (&'f str, &'f str)>) -> Page {
        if self.csrf.borrow().is_empty() {
            self.send(Method::GET, "/sign-in", None, &[]).await;
        }
        let csrf = self.csrf.borrow().clone();
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        body.append_pair("csrf", &csrf);
        for (name, value) in fields {
            body.append_pair(name, value);
        }
        self.send(Method::POST, path, Some(body.finish()), &[]).await
    }

    /// A POST exactly as given: no token is added.
    pub async fn raw_post(&self, path: &str, body: &str, headers: &[(&'static str, &str)]) -> Page {
        self.send(Method::POST, path, Some(body.to_owned()), headers).await
    }

    async fn land(&self, mut page: Page) -> Page {
        for _ in 0..5 {
            if page.status != StatusCode::SEE_OTHER {
                break;
            }
            let location = page.header("location").to_owned();
            page = self.send(Method::GET, &location, None, &[]).await;
        }
        page
    }

    async fn send(&self, method: Method, path: &str, body: Option<String>, headers: &[(&'static str, &str)]) -> Page {
        let path = path.strip_prefix("http://localhost:8080").unwrap_or(path);
        let mut request = TestRequest::with_uri(path)
            .method(method)
            .insert_header((header::HOST, "localhost:8080"))
            .peer_addr(format!("{}:1234", self.ip.get()).parse().expect("an address"));
        for (name, value) in headers {
            request = request.insert_header((*name, *value));
        }
        let cookies: Vec<String> = self
            .cookies
            .borrow()
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        if !cookies.is_empty() {
            request = request.insert_header((header::COOKIE, cookies.join("; ")));
        }
        if let Some(body) = body {
            if !headers
                .iter()
                .any(|(name, _)| name.eq_ignore_ascii_case("content-type"))
            {
                request = request.insert_header((header::CONTENT_TYPE, "application/x-www-form-urlencoded"));
            }
            request = request.set_payload(body);
        }
        let response = self.app.call(request.to_request()).await;
        for cookie in response.response().cookies() {
            self.keep_cookie(&cookie);
        }
        let (status, headers) = (response.status(), response.headers().clone());
        let body = actix_web::test::read_body(response).await;
        let body = String::from_utf8_lossy(&body).into_owned();
        if let Some(token) = body
            .split("name=\"csrf\" value=\"")
            .nth(1)
            .and_then(|rest| rest.split('"').next())
        {
            *self.csrf.borrow_mut() = token.to_owned();
        }
        Page {
            status,
            path: path.to_owned(),
            headers,
            body,
        }
    }
}
