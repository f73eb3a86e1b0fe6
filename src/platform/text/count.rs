//! Numbers in words, for where somebody should stop and read one.

const SMALL: [&str; 20] = [
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: [&str; 10] = [
    "", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
];

/// "one hundred and twenty"; from a million on in figures.
pub fn in_words(n: usize) -> String {
    match n {
        0..20 => SMALL[n].to_owned(),
        20..100 => match n % 10 {
            0 => TENS[n / 10].to_owned(),
            ones => format!("{}-{}", TENS[n / 10], SMALL[ones]),
        },
        100..1_000 => match n % 100 {
            0 => format!("{} hundred", SMALL[n / 100]),
            rest => format!("{} hundred and {}", SMALL[n / 100], in_words(rest)),
        },
        1_000..1_000_000 => match n % 1_000 {
            0 => format!("{} thousand", in_words(n / 1_000)),
            rest @ 1..100 => format!("{} thousand and {}", in_words(n / 1_000), in_words(rest)),
            rest => format!("{} thousand {}", in_words(n / 1_000), in_words(rest)),
        },
        _ => n.to_string(),
    }
}

/// "1 person", "120 people".
pub fn people(n: usize) -> String {
    match n {
        1 => "1 person".to_owned(),
        n => format!("{n} people"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_spelled_as_people_write_them() {
        for (n, words) in [
            (0, "no"),
            (1, "one"),
            (21, "twenty-one"),
            (40, "forty"),
            (120, "one hundred and twenty"),
            (250, "two hundred and fifty"),
            (300, "three hundred"),
            (1_005, "one thousand and five"),
            (2_340, "two thousand three hundred and forty"),
            (1_000_000, "1000000"),
        ] {
            assert_eq!(in_words(n), words);
        }
        assert_eq!((people(1), people(2)), ("1 person".into(), "2 people".into()));
    }
}
