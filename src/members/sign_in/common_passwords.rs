//! Passwords that are tried first everywhere, known without asking anyone else.

/// Whether a password is a common word with ornaments, a row of keys or digits, or one thing again and again.
pub(super) fn is_common(password: &str) -> bool {
    let folded: String = password
        .chars()
        .flat_map(char::to_lowercase)
        .filter(|c| !c.is_whitespace())
        .collect();
    let raw_core = folded.trim_matches(|c: char| !c.is_alphabetic());
    let core = &without_masks(raw_core);
    let is_word = |text: &str| WORDS.contains(&text) || half(text).is_some_and(|half| WORDS.contains(&half));
    is_word(core)
        || is_word(raw_core)
        || is_word(&folded)
        || folded.chars().all(|c| c.is_ascii_digit())
        || is_row(&folded)
        || repeats(&folded)
}

/// `p@ssw0rd` is `password`.
fn without_masks(text: &str) -> String {
    let plain = |c| match c {
        '@' | '4' => 'a',
        '0' => 'o',
        '3' => 'e',
        '1' | '!' => 'i',
        '$' | '5' => 's',
        '7' => 't',
        c => c,
    };
    text.chars().map(plain).collect()
}

fn half(text: &str) -> Option<&str> {
    let (first, second) = text.split_at_checked(text.len() / 2)?;
    (first == second).then_some(first)
}

/// Neighbours on the keyboard or in the alphabet, forwards or backwards.
fn is_row(text: &str) -> bool {
    const ROWS: [&str; 6] = [
        "abcdefghijklmnopqrstuvwxyz",
        "01234567890",
        "qwertyuiop[]",
        "asdfghjkl;'",
        "zxcvbnm,./",
        "1qaz2wsx3edc4rfv5tgb6yhn",
    ];
    let back: String = text.chars().rev().collect();
    ROWS.iter().any(|row| row.contains(text) || row.contains(&back))
}

/// One to four characters, again and again.
fn repeats(text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    (1..=3).any(|size| chars.len() > size && chars.iter().zip(&chars[size..]).all(|(a, b)| a == b))
}

#[rustfmt::skip]
const WORDS: &[&str] = &[
    "password", "passwort", "passw", "pass", "motdepasse", "letmein", "welcome", "admin", "administrator", "root", "user",
    "login", "guest", "test", "testing", "tester", "default", "changeme", "change", "secret", "master", "access", "temp",
    "qwerty", "qwertz", "azerty", "qwertyuiop", "qwertyui", "asdf", "asdfgh", "asdfghjkl", "asdfasdf", "zxcvbn", "zxcvbnm",
    "qazwsx", "qazwsxedc", "qweasd", "qweasdzxc", "qwer", "abc", "abcd", "abcdef", "aaa", "iloveyou", "ilove", "loveyou",
    "love", "lovely", "loveme", "sunshine", "princess", "princesa", "monkey", "dragon", "football", "baseball",
    "basketball", "soccer", "hockey", "rugby", "cricket", "golf", "tennis", "superman", "batman", "spiderman", "pokemon",
    "starwars", "trustno", "trustnoone", "shadow", "michael", "jennifer", "jessica", "ashley", "charlie", "daniel",
    "thomas", "jordan", "michelle", "andrew", "matthew", "joshua", "hannah", "george", "oliver", "harry", "jack",
    "william", "robert", "nicole", "amanda", "samantha", "victoria", "elizabeth", "alexander", "alexandra", "benjamin",
    "chelsea", "arsenal", "liverpool", "manchester", "barcelona", "juventus", "everton", "tottenham", "rangers", "celtic",
    "london", "oxford", "england", "scotland", "ireland", "britain", "wales", "cambridge", "summer", "winter", "spring",
    "autumn", "january", "february", "march", "april", "june", "july", "august", "september", "october", "november",
    "december", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "computer", "internet",
    "server", "windows", "microsoft", "google", "facebook", "samsung", "apple", "android", "network", "hello",
    "helloworld", "hellohello", "whatever", "nothing", "killer", "freedom", "ginger", "pepper", "cheese", "chocolate",
    "cookie", "banana", "orange", "purple", "yellow", "silver", "golden", "diamond", "flower", "butterfly", "rainbow",
    "tigger", "buster", "bailey", "maggie", "molly", "poppy", "angel", "angels", "heaven", "jesus", "jesuschrist",
    "blessed", "mustang", "ferrari", "porsche", "mercedes", "corvette", "yamaha", "harley", "maverick", "phoenix",
    "ranger", "hunter", "soldier", "matrix", "merlin", "gandalf", "hogwarts", "harrypotter", "research", "health",
    "doctor", "hospital", "nurse", "medicine", "clinic", "university", "student", "teacher", "professor", "library",
    "socialprescribing", "prescribing", "socialprescriber", "linkworker", "community", "wellbeing", "coordinator",
    "correcthorsebatterystaple", "thequickbrownfox", "opensesame", "letmeinnow", "iamadmin", "adminadmin", "passpass",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ornaments_do_not_make_a_common_word_rare() {
        for common in [
            "password",
            "P@ssw0rd!",
            "123password123",
            "Welcome2027",
            "qwerty123",
            "11111111",
            "20270301",
            "abcabcabc",
            "lovelove",
            "zyxwvuts",
            "1qaz2wsx",
            "Social Prescribing 1",
        ] {
            assert!(is_common(common), "{common}");
        }
        for rare in ["cormorant tide", "seven kettles whistle", "x7#kd-29vq"] {
            assert!(!is_common(rare), "{rare}");
        }
    }
}
