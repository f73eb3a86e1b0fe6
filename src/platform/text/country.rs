//! Countries of ISO 3166-1, read from codes and from the names people write.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::country_table::COUNTRIES;
use super::{line, slug};

/// A country with its two-letter code and common English name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Country(usize);

impl Country {
    /// Reads a code (`gb`) or a name (`United Kingdom`, `Scotland`, `Deutschland`).
    pub fn parse(code_or_name: &str) -> Result<Country, String> {
        let typed = code_or_name.trim();
        if typed.is_empty() {
            return Err("Choose a country.".into());
        }
        // No name and no code is longer; so a long text costs nothing.
        if typed.len() <= 120
            && let Some(&row) = BY_SPELLING.get(&spelling(typed))
        {
            return Ok(Country(row));
        }
        Err(format!(
            "“{}” is not a country we know: write its English name or its two-letter code, such as GB.",
            line::excerpt(typed, 40)
        ))
    }

    /// The ISO 3166-1 alpha-2 code, in capitals.
    pub fn code(self) -> &'static str {
        COUNTRIES[self.0].0
    }

    pub fn name(self) -> &'static str {
        COUNTRIES[self.0].1
    }

    /// The IANA zone where most people of the country live.
    pub(super) fn usual_zone(self) -> &'static str {
        COUNTRIES[self.0].2
    }

    /// The United Kingdom, then every other country by name.
    pub fn all() -> impl ExactSizeIterator<Item = Country> {
        (0..COUNTRIES.len()).map(Country)
    }
}

impl std::fmt::Display for Country {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// A country is written as its code.
impl serde::Serialize for Country {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

static BY_SPELLING: LazyLock<HashMap<String, usize>> = LazyLock::new(|| {
    let mut rows = HashMap::new();
    for (row, (code, name, _)) in COUNTRIES.iter().enumerate() {
        rows.insert(spelling(code), row);
        rows.insert(spelling(name), row);
    }
    for (other, code) in OTHER_SPELLINGS {
        if let Some(&row) = rows.get(&spelling(code)) {
            rows.insert(spelling(other), row);
        }
    }
    rows
});

/// Case, accents, punctuation and a leading "the" do not tell countries apart.
fn spelling(text: &str) -> String {
    let folded = slug::slug(&text.replace('&', " and ").replace('.', ""));
    match folded.strip_prefix("the-") {
        Some(rest) => rest.to_owned(),
        None => folded,
    }
}

const OTHER_SPELLINGS: &[(&str, &str)] = &[
    ("UK", "GB"),
    ("GBR", "GB"),
    ("Great Britain", "GB"),
    ("Britain", "GB"),
    ("England", "GB"),
    ("Scotland", "GB"),
    ("Wales", "GB"),
    ("Cymru", "GB"),
    ("Northern Ireland", "GB"),
    ("United Kingdom of Great Britain and Northern Ireland", "GB"),
    ("USA", "US"),
    ("United States of America", "US"),
    ("America", "US"),
    ("The States", "US"),
    ("AUS", "AU"),
    ("AUT", "AT"),
    ("Österreich", "AT"),
    ("Oesterreich", "AT"),
    ("Belgique", "BE"),
    ("België", "BE"),
    ("BEL", "BE"),
    ("Brasil", "BR"),
    ("BRA", "BR"),
    ("CAN", "CA"),
    ("Schweiz", "CH"),
    ("Suisse", "CH"),
    ("Svizzera", "CH"),
    ("CHE", "CH"),
    ("Ivory Coast", "CI"),
    ("People’s Republic of China", "CN"),
    ("PRC", "CN"),
    ("CHN", "CN"),
    ("DRC", "CD"),
    ("Congo (DRC)", "CD"),
    ("Congo, Democratic Republic of the", "CD"),
    ("Republic of the Congo", "CG"),
    ("Cape Verde", "CV"),
    ("Czech Republic", "CZ"),
    ("Deutschland", "DE"),
    ("DEU", "DE"),
    ("Federal Republic of Germany", "DE"),
    ("Danmark", "DK"),
    ("DNK", "DK"),
    ("España", "ES"),
    ("Espana", "ES"),
    ("ESP", "ES"),
    ("Suomi", "FI"),
    ("FIN", "FI"),
    ("FRA", "FR"),
    ("Hellas", "GR"),
    ("GRC", "GR"),
    ("Hong Kong SAR", "HK"),
    ("Hrvatska", "HR"),
    ("Magyarország", "HU"),
    ("Éire", "IE"),
    ("IRL", "IE"),
    ("Republic of Ireland", "IE"),
    ("Irish Republic", "IE"),
    ("IND", "IN"),
    ("Iran, Islamic Republic of", "IR"),
    ("Island (Iceland)", "IS"),
    ("Italia", "IT"),
    ("ITA", "IT"),
    ("Nippon", "JP"),
    ("JPN", "JP"),
    ("Korea", "KR"),
    ("Republic of Korea", "KR"),
    ("Korea, Republic of", "KR"),
    ("KOR", "KR"),
    ("Korea, Democratic People’s Republic of", "KP"),
    ("Macau", "MO"),
    ("Moldova, Republic of", "MD"),
    ("Macedonia", "MK"),
    ("Burma", "MM"),
    ("México", "MX"),
    ("Holland", "NL"),
    ("Nederland", "NL"),
    ("NLD", "NL"),
    ("Norge", "NO"),
    ("NOR", "NO"),
    ("Aotearoa", "NZ"),
    ("Aotearoa New Zealand", "NZ"),
    ("NZL", "NZ"),
    ("Polska", "PL"),
    ("POL", "PL"),
    ("State of Palestine", "PS"),
    ("PRT", "PT"),
    ("România", "RO"),
    ("Russian Federation", "RU"),
    ("KSA", "SA"),
    ("Sverige", "SE"),
    ("SWE", "SE"),
    ("SGP", "SG"),
    ("Slovenija", "SI"),
    ("Slovensko", "SK"),
    ("Swaziland", "SZ"),
    ("East Timor", "TL"),
    ("Turkey", "TR"),
    ("Turkiye", "TR"),
    ("Taiwan, Province of China", "TW"),
    ("Tanzania, United Republic of", "TZ"),
    ("UAE", "AE"),
    ("Vatican", "VA"),
    ("Holy See", "VA"),
    ("Venezuela, Bolivarian Republic of", "VE"),
    ("Viet Nam", "VN"),
    ("ZAF", "ZA"),
    ("RSA", "ZA"),
    ("Lao PDR", "LA"),
    ("Lao People’s Democratic Republic", "LA"),
    ("Syrian Arab Republic", "SY"),
    ("Brunei Darussalam", "BN"),
    ("Federated States of Micronesia", "FM"),
    ("Curacao", "CW"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_names_and_common_spellings_are_read() {
        for (typed, code) in [
            ("GB", "GB"),
            ("gb", "GB"),
            (" United  Kingdom ", "GB"),
            ("UK", "GB"),
            ("U.K.", "GB"),
            ("England", "GB"),
            ("scotland", "GB"),
            ("USA", "US"),
            ("U.S.A.", "US"),
            ("the United States", "US"),
            ("America", "US"),
            ("Deutschland", "DE"),
            ("GERMANY", "DE"),
            ("Côte d'Ivoire", "CI"),
            ("Cote d’Ivoire", "CI"),
            ("Turkey", "TR"),
            ("Ireland", "IE"),
            ("Trinidad & Tobago", "TT"),
            ("The Gambia", "GM"),
            ("Bahamas", "BS"),
            ("Republic of Ireland", "IE"),
            ("Holland", "NL"),
            ("Åland Islands", "AX"),
        ] {
            assert_eq!(Country::parse(typed).map(Country::code), Ok(code), "{typed}");
        }
    }

    #[test]
    fn an_unknown_country_is_named_in_the_refusal() {
        assert!(
            Country::parse("Atlantis")
                .unwrap_err()
                .starts_with("“Atlantis” is not a country")
        );
        assert!(Country::parse("XX").is_err());
        assert!(Country::parse(" ").is_err());
        assert!(Country::parse("社会").is_err());
        assert!(Country::parse(&"x".repeat(10_000)).unwrap_err().len() < 250);
    }

    #[test]
    fn the_list_is_whole_and_the_united_kingdom_leads_it() {
        let all: Vec<Country> = Country::all().collect();
        assert_eq!(all.len(), 249);
        assert_eq!(all[0].name(), "United Kingdom");
        let keys: Vec<String> = all[1..].iter().map(|c| spelling(&c.name().replace('ü', "u"))).collect();
        assert!(keys.is_sorted());
        for country in all {
            assert_eq!(Country::parse(country.code()), Ok(country));
            assert_eq!(Country::parse(country.name()), Ok(country));
        }
    }

    #[test]
    fn every_other_spelling_leads_somewhere() {
        for (other, code) in OTHER_SPELLINGS {
            assert_eq!(Country::parse(other).map(Country::code), Ok(*code), "{other}");
        }
    }

    #[test]
    fn a_country_is_written_as_its_code() {
        let france = Country::parse("France").unwrap();
        assert_eq!(serde_json::to_string(&france).unwrap(), "\"FR\"");
    }
}
