//! What Markdown may become, and what nobody can make of it.

use super::*;
use proptest::prelude::*;

fn html(markdown: &str) -> String {
    to_html(markdown).as_str().trim().to_owned()
}

#[test]
fn common_markdown_becomes_html() {
    for (markdown, expected) in [
        (
            "One *two* **three** `four`",
            "<p>One <em>two</em> <strong>three</strong> <code>four</code></p>",
        ),
        ("# Title\n## Part", "<h2>Title</h2>\n<h3>Part</h3>"),
        ("3. a\n4. b", "<ol start=\"3\">\n<li>a</li>\n<li>b</li>\n</ol>"),
        (
            "[The report](https://example.org/r?a=1&b=2 \"t\")",
            "<p><a href=\"https://example.org/r?a=1&amp;b=2\" rel=\"nofollow noopener noreferrer\">The report</a></p>",
        ),
        (
            "<ana@example.org>",
            "<p><a href=\"mailto:ana@example.org\" rel=\"nofollow noopener noreferrer\">ana@example.org</a></p>",
        ),
    ] {
        assert_eq!(html(markdown), expected);
    }
}

#[test]
fn raw_html_is_shown_as_typed() {
    assert_eq!(html("a <b>c</b>"), "<p>a &lt;b&gt;c&lt;/b&gt;</p>");
    let block = html("<script>\nalert(1)\n</script>");
    assert!(block.starts_with("<p>&lt;script&gt;"), "{block}");
}

#[test]
fn images_leave_their_description_and_bad_links_their_text() {
    assert_eq!(html("![A garden](https://t.example/p.gif)"), "<p>A garden</p>");
    for address in [
        "javascript:alert(1)",
        "&#x6a;avascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\tscript:x",
        "data:text/html,x",
        "vbscript:x",
        "//evil.example",
        "/me/privacy/leave",
        "..",
        "https:evil.example",
        "\\\\evil.example",
        "file:///etc/passwd",
        "http://",
        "#top",
    ] {
        let shown = html(&format!("[text](<{address}>)"));
        assert!(!shown.contains("<a"), "{address}: {shown}");
        assert!(shown.contains("text"), "{address}: {shown}");
    }
}

#[test]
fn known_attacks_stay_text() {
    for attack in [
        "<img src=x onerror=alert(1)>",
        "<svg><script>alert(1)</script></svg>",
        "<a href=//evil.x>x</a>",
        "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
        "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
        "`<script>`",
        "```<script>\nx\n```",
        "[x](https://a.example/\"onmouseover=\"alert(1))",
        "![x](x \"onerror=alert(1)\")",
        "[<img src=x onerror=alert(1)>](https://example.org)",
        "<https://example.org/<script>>",
        "# <script>alert(1)</script>",
        "> <iframe src=https://evil.example></iframe>",
    ] {
        no_script(&html(attack));
    }
}

#[test]
fn absurd_input_is_shown_as_typed() {
    // What grows with the square of its length would not end here.
    for piece in [
        ">", "[", "*", "- ", "1. ", "![", "_a ", "`", "<", "**a *b ", "[a](", "> - ", "<!--", "[a]: <\n",
    ] {
        no_script(&html(&piece.repeat(100_000)));
        let fits = piece.repeat(LONGEST / piece.len() / 4);
        no_script(&html(&fits));
        to_text(&fits);
    }
    let lazy = format!("{}\n{}", ">".repeat(60), "a\n".repeat(20_000));
    no_script(&html(&lazy));
    let escaped = html(&format!("<b>\n{}", "x".repeat(LONGEST)));
    assert!(escaped.starts_with("<p>&lt;b&gt;<br>\nxxx"));
    assert!(html(&format!("{}deep", "> ".repeat(33))).starts_with("<p>&gt; &gt;"));
}

#[test]
fn plain_text_reads_well() {
    let markdown = "# Findings\n\nOne *short*\nline, [the report](https://example.org/r).\n\n* a\n* b\n  1. c\n  2. d\n\n<https://example.org> and <ana@example.org> & <b>x</b>\n\n![Photo](https://x.example/p.png)";
    assert_eq!(
        to_text(markdown),
        "Findings\n\nOne short line, the report (https://example.org/r).\n\n- a\n- b\n  1. c\n  2. d\n\nhttps://example.org and ana@example.org & <b>x</b>\n\nPhoto"
    );
    assert_eq!(to_text("[x](javascript:alert)"), "x");
}

#[test]
fn a_summary_is_one_line_and_fits() {
    let markdown = "## Talk\n\nA talk in [Oxford](https://example.org), with friends.";
    assert_eq!(summary(markdown, 100), "Talk A talk in Oxford, with friends.");
    assert_eq!(summary(markdown, 24), "Talk A talk in Oxford…");
    assert_eq!(summary(&"x".repeat(50), 10), "xxxxxxxxx…");
    assert_eq!(summary("", 10), "");
}

#[test]
fn safe_html_is_told_from_a_string() {
    assert_eq!(
        serde_json::to_string(&SafeHtml::from_escaped_text("a<b>'\"&")).unwrap(),
        r#"{"safe_html":"a&lt;b&gt;&#39;&quot;&amp;"}"#
    );
}

/// Reads the HTML as tags and attributes, and allows only what we ever write.
fn no_script(html: &str) {
    for tag in html.split('<').skip(1) {
        let tag = tag.split('>').next().unwrap_or("");
        let allowed = matches!(
            tag.trim_start_matches('/'),
            "p" | "br"
                | "em"
                | "strong"
                | "ul"
                | "ol"
                | "li"
                | "blockquote"
                | "code"
                | "pre"
                | "hr"
                | "h2"
                | "h3"
                | "h4"
                | "h5"
                | "h6"
                | "a"
        ) || is_link(tag)
            || tag
                .strip_prefix("ol start=\"")
                .is_some_and(|n| n.trim_end_matches('"').bytes().all(|b| b.is_ascii_digit()));
        assert!(allowed, "<{tag}> in {}", &html[..html.len().min(300)]);
    }
}

fn is_link(tag: &str) -> bool {
    tag.strip_prefix("a href=\"")
        .and_then(|rest| rest.strip_suffix("\" rel=\"nofollow noopener noreferrer\""))
        .is_some_and(|href| !href.contains('"') && may_be_linked(href))
}

proptest! {
    #[test]
    fn no_text_becomes_a_script(text in ".{0,300}") {
        no_script(&html(&text));
    }

    #[test]
    fn no_mix_of_attacks_becomes_a_script(pieces in prop::collection::vec(
        prop::sample::select(vec![
            "<script", ">", "</script>", "[", "](", ")", "javascript:", "&#x6a;", "<img src=", "https://t.example/",
            " onerror=alert(1) ", "\"", "'", "`", "\n", "\n\n", "- ", "> ", "# ", "*", "_", "![", "<!--", "-->",
            "<svg", "<style>", "//evil.example", "&lt;", "&colon;", "\t", "\\", "<a href=", "mailto:", "<", "]: ", "x",
        ]), 0..40,
    )) {
        let text = pieces.concat();
        no_script(&html(&text));
        no_script(&html(&to_text(&text)));
        prop_assert!(summary(&text, 40).chars().count() <= 40);
    }
}
