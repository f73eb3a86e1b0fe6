//! Instants and where they come from.
//!
//! [`At`] is the one instant type of the house: whole seconds, UTC, written `2027-03-24T15:00:00Z`
//! everywhere (database, JSON, logs), so that text order is time order. [`Clock`] is the one place
//! that asks the machine for the time; everything else is handed a `now`.

use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp, Zoned, tz::TimeZone};

/// An instant in whole seconds of UTC (RFC 3339, always `Z`).
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    diesel::expression::AsExpression,
    diesel::deserialize::FromSqlRow,
)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub struct At(Timestamp);

impl At {
    /// The instant `seconds` after 1970-01-01T00:00:00Z; clamped to the years a `Timestamp` knows.
    pub fn from_unix(seconds: i64) -> At {
        At(Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH))
    }

    /// Drops what is finer than a second.
    pub fn from_timestamp(timestamp: Timestamp) -> At {
        At::from_unix(timestamp.as_second())
    }

    /// Reads RFC 3339 text such as `2027-03-24T15:00:00Z`.
    pub fn parse(text: &str) -> Result<At, jiff::Error> {
        text.parse::<Timestamp>().map(At::from_timestamp)
    }

    pub fn unix(self) -> i64 {
        self.0.as_second()
    }

    pub fn timestamp(self) -> Timestamp {
        self.0
    }

    pub fn in_zone(self, zone: &TimeZone) -> Zoned {
        self.0.to_zoned(zone.clone())
    }

    /// This instant moved by `by` (negative: earlier).
    pub fn plus(self, by: SignedDuration) -> At {
        At::from_unix(self.unix().saturating_add(by.as_secs()))
    }

    pub fn minus(self, by: SignedDuration) -> At {
        At::from_unix(self.unix().saturating_sub(by.as_secs()))
    }

    /// How long after `earlier` this is; negative if before.
    pub fn since(self, earlier: At) -> SignedDuration {
        SignedDuration::from_secs(self.unix() - earlier.unix())
    }
}

impl std::fmt::Display for At {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl serde::Serialize for At {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for At {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<At, D::Error> {
        let text = String::deserialize(deserializer)?;
        At::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// `minutes(30)` and its kin, so that rules read as sentences.
pub const fn seconds(n: i64) -> SignedDuration {
    SignedDuration::from_secs(n)
}
pub const fn minutes(n: i64) -> SignedDuration {
    SignedDuration::from_secs(n * 60)
}
pub const fn hours(n: i64) -> SignedDuration {
    SignedDuration::from_secs(n * 3_600)
}
pub const fn days(n: i64) -> SignedDuration {
    SignedDuration::from_secs(n * 86_400)
}

/// The machine's time, plus an offset that only tests move.
#[derive(Debug, Default)]
pub struct Clock {
    offset: AtomicI64,
}

impl Clock {
    pub fn now(&self) -> At {
        At::from_timestamp(Timestamp::now()).plus(seconds(self.offset.load(Ordering::SeqCst)))
    }

    /// Moves this clock (tests and the demo only; nothing in the server calls it).
    pub fn advance(&self, by: SignedDuration) {
        self.offset.fetch_add(by.as_secs(), Ordering::SeqCst);
    }

    /// Sets this clock to show `at` now.
    pub fn set(&self, at: At) {
        let machine = At::from_timestamp(Timestamp::now());
        self.offset.store(at.since(machine).as_secs(), Ordering::SeqCst);
    }
}
