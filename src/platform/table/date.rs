//! Dates as spreadsheets and people write them.

use jiff::civil::Date;

use crate::platform::text::line::excerpt;

/// Reads `2021-04-03`, `03/04/2021`, `3.4.2021` or `3-4-2021` (day first), also with a time behind, or Excel's day number.
pub fn date(raw: &str) -> Result<Date, String> {
    let typed = raw.trim();
    let is_time =
        |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || b == b':') && text.contains(':');
    let typed = match typed.rsplit_once(' ') {
        Some((date, time)) if is_time(time) => date.trim(),
        _ => typed,
    };
    iso(typed)
        .or_else(|| day_first(typed))
        .or_else(|| day_number(typed))
        .ok_or_else(|| {
            format!(
                "“{}” is not a date we can read: write it as 2021-04-03, or day first as 03/04/2021.",
                excerpt(typed, 30)
            )
        })
}

/// `2021-04-03`, whatever time a spreadsheet has put behind it.
fn iso(typed: &str) -> Option<Date> {
    let (date, time) = match typed.get(..10) {
        Some(head) => (head, &typed[10..]),
        None => return None,
    };
    let is_time = time.is_empty()
        || (time.starts_with(['T', ' ']) && time[1..].bytes().all(|b| b.is_ascii_digit() || b":.Z+-".contains(&b)));
    let parts: Vec<&str> = date.split('-').collect();
    match parts.as_slice() {
        [year, month, day] if is_time && year.len() == 4 && month.len() == 2 => civil(year, month, day),
        _ => None,
    }
}

fn day_first(typed: &str) -> Option<Date> {
    for separator in ['/', '.', '-'] {
        let parts: Vec<&str> = typed.split(separator).map(str::trim).collect();
        if let [year, month, day] = parts.as_slice()
            && separator != '-'
            && year.len() == 4
            && day.len() <= 2
            && month.len() <= 2
        {
            return civil(year, month, day);
        }
        if let [day, month, year] = parts.as_slice()
            && year.len() == 4
            && day.len() <= 2
            && month.len() <= 2
        {
            return civil(year, month, day);
        }
    }
    None
}

fn civil(year: &str, month: &str, day: &str) -> Option<Date> {
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if !(digits(year) && digits(month) && digits(day)) {
        return None;
    }
    let date = Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()?;
    (1900..=2199).contains(&date.year()).then_some(date)
}

/// Excel counts days from the end of 1899. Smaller numbers than 1950's are years or slips.
fn day_number(typed: &str) -> Option<Date> {
    let (days, fraction) = typed.split_once('.').unwrap_or((typed, "0"));
    if fraction.is_empty() || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    if days.len() != 5 || !days.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let days: i64 = days.parse().ok()?;
    if !(18_264..=73_050).contains(&days) {
        return None;
    }
    jiff::civil::date(1899, 12, 30)
        .checked_add(jiff::SignedDuration::from_hours(days * 24))
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_in_the_ways_people_write_them() {
        for (raw, iso) in [
            ("2021-04-03", "2021-04-03"),
            (" 2021-04-03 00:00:00 ", "2021-04-03"),
            ("2021-04-03T09:15:00Z", "2021-04-03"),
            ("03/04/2021", "2021-04-03"),
            ("03/04/2021 00:00", "2021-04-03"),
            ("2021/04/03", "2021-04-03"),
            ("3/4/2021", "2021-04-03"),
            ("3.4.2021", "2021-04-03"),
            ("3. 4. 2021", "2021-04-03"),
            ("03-04-2021", "2021-04-03"),
            ("29/02/2024", "2024-02-29"),
            ("44289", "2021-04-03"),
            ("44289.5", "2021-04-03"),
            ("44289.0", "2021-04-03"),
        ] {
            assert_eq!(date(raw).map(|d| d.to_string()), Ok(iso.to_owned()), "{raw}");
        }
    }

    #[test]
    fn what_is_no_date_is_named() {
        for raw in [
            "",
            "yesterday",
            "2021",
            "04/25/2021",
            "29/02/2023",
            "2021-13-01",
            "2021-4-3",
            "3/4/21",
            "44289x",
            "-44289",
            "99999",
            "2021-04-03 at noon",
            "0021-04-03",
            "+1/+2/2021",
            "äääääääääää",
            "1/2/3/2021",
        ] {
            assert!(date(raw).unwrap_err().contains("is not a date"), "{raw}");
        }
        assert!(date(&"9".repeat(1000)).unwrap_err().len() < 200);
    }
}
