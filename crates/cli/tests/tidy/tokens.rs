//! The tokens of Rust code without its comments and literals.

/// A word, a number or a mark of the code. `::` and `->` are one token each.
#[derive(Clone, Copy)]
pub(crate) struct Token<'a> {
    pub(crate) text: &'a str,
    pub(crate) line: usize,
    /// Its first byte in the mask.
    pub(crate) start: usize,
}

impl Token<'_> {
    /// A keyword counts as a word.
    pub(crate) fn is_word(&self) -> bool {
        self.text.starts_with(|first: char| first.is_alphabetic() || first == '_')
    }
}

/// The tokens of a mask of code.
pub(crate) fn tokens(code: &str) -> Vec<Token<'_>> {
    let mut found: Vec<Token<'_>> = Vec::new();
    let (mut start, mut line) = (0, 1);
    while let Some(first) = code[start..].chars().next() {
        if first.is_whitespace() {
            line += usize::from(first == '\n');
            start += first.len_utf8();
            continue;
        }
        // In `pair.0.1` no number has a fraction.
        let after_dot = found.last().is_some_and(|token| token.text == ".");
        let text = &code[start..start + token_length(&code[start..], after_dot)];
        found.push(Token { text, line, start });
        start += text.len();
    }
    found
}

fn token_length(rest: &str, after_dot: bool) -> usize {
    let in_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    let word = rest.find(|letter| !in_word(letter)).unwrap_or(rest.len());
    if word == 0 {
        let pair = rest.starts_with("::") || rest.starts_with("->");
        return if pair { 2 } else { rest.chars().next().map_or(0, char::len_utf8) };
    }
    let mut beyond = rest[word..].chars();
    let fraction = beyond.next() == Some('.') && beyond.next().is_some_and(|digit| digit.is_ascii_digit());
    if fraction && !after_dot && rest.starts_with(|first: char| first.is_ascii_digit()) {
        let tail = &rest[word + 1..];
        return word + 1 + tail.find(|letter| !in_word(letter)).unwrap_or(tail.len());
    }
    word
}

/// The index of the token that closes what the one at `open` opens; the last token if nothing does.
pub(crate) fn closing(tokens: &[Token<'_>], open: usize) -> usize {
    let mut depth = 0_usize;
    for (index, token) in tokens.iter().enumerate().skip(open) {
        match token.text {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return index;
        }
    }
    tokens.len().saturating_sub(1)
}

#[test]
fn a_number_keeps_its_fraction_and_a_pair_its_fields() {
    let texts: Vec<&str> = tokens("1.5 x.0.1 0..9 1.max 2e3").iter().map(|token| token.text).collect();
    let expected = ["1.5", "x", ".", "0", ".", "1", "0", ".", ".", "9", "1", ".", "max", "2e3"];
    assert_eq!(texts, expected);
}
