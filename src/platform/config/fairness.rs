//! `[fairness]`: what an hour of a meeting costs people, and how many meetings make a year.

use serde::{Deserialize, Serialize};

use super::ConfigError;

#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Fairness {
    pub asleep: u32,
    pub dinner: u32,
    pub work: u32,
    pub free: u32,
    pub sleep_from: String,
    pub sleep_until: String,
    pub dinner_from: String,
    pub dinner_until: String,
    pub work_from: String,
    pub work_until: String,
    pub most_asleep_percent: u32,
    pub ledger_months: u32,
    pub meetings_a_year: u32,
}

impl Fairness {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        for (key, value, least, most) in [
            ("asleep", self.asleep, 0, 1_000),
            ("dinner", self.dinner, 0, 1_000),
            ("work", self.work, 0, 1_000),
            ("free", self.free, 0, 1_000),
            ("most_asleep_percent", self.most_asleep_percent, 0, 100),
            ("ledger_months", self.ledger_months, 1, 120),
            ("meetings_a_year", self.meetings_a_year, 1, 12),
        ] {
            if value < least || value > most {
                return Err(ConfigError(format!(
                    "fairness.{key}: {value} is out of bounds; it may be {least} to {most}"
                )));
            }
        }
        for (key, value) in [
            ("sleep_from", &self.sleep_from),
            ("sleep_until", &self.sleep_until),
            ("dinner_from", &self.dinner_from),
            ("dinner_until", &self.dinner_until),
            ("work_from", &self.work_from),
            ("work_until", &self.work_until),
        ] {
            if minute_of_day(value).is_none() {
                return Err(ConfigError(format!(
                    "fairness.{key}: '{value}' is no time of day; write hours and minutes, such as 07:00"
                )));
            }
        }
        Ok(())
    }
}

/// The minutes since midnight that `HH:MM` means; `24:00` is the end of the day.
pub fn minute_of_day(text: &str) -> Option<u32> {
    let (hour, minute) = text.split_once(':')?;
    let is_two_digits = |text: &str| text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
    let number = |text: &str| is_two_digits(text).then(|| text.parse::<u32>().ok()).flatten();
    let (hour, minute) = (number(hour)?, number(minute)?);
    let all = hour * 60 + minute;
    (minute < 60 && all <= 24 * 60).then_some(all)
}

#[cfg(test)]
mod tests {
    use super::super::Config;
    use super::*;

    #[test]
    fn a_time_of_day_is_hours_and_minutes() {
        for (text, minutes) in [("00:00", 0), ("07:30", 450), ("24:00", 1_440)] {
            assert_eq!(minute_of_day(text), Some(minutes), "{text}");
        }
        for wrong in ["7:00", "24:01", "12:60", "12", "noon", "", "-1:00", "+1:00", "12:00:00"] {
            assert_eq!(minute_of_day(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_wrong_setting_is_refused_by_its_key() {
        for (line, key) in [
            ("asleep = 1001", "fairness.asleep"),
            ("sleep_from = '25:00'", "fairness.sleep_from"),
            ("work_until = 'late'", "fairness.work_until"),
            ("most_asleep_percent = 101", "fairness.most_asleep_percent"),
            ("meetings_a_year = 0", "fairness.meetings_a_year"),
            ("ledger_months = 0", "fairness.ledger_months"),
            ("free = -1", "fairness.free"),
        ] {
            let text = format!("[fairness]\n{line}");
            let said = match Config::from_parts(Some(&text), std::iter::empty()) {
                Ok(_) => panic!("{line} was taken"),
                Err(e) => e.to_string(),
            };
            assert!(said.starts_with(key), "{said}");
        }
    }
}
