//! The functions of a mask of code, found by their braces.

use crate::tokens::{self, Token};

/// A function as a limit sees it.
pub(crate) struct Function<'a> {
    pub(crate) name: &'a str,
    /// Where `fn` stands.
    pub(crate) line: usize,
    /// From `fn` to the closing brace; those of a declaration without a body too.
    pub(crate) lines: usize,
    /// With `self`, as clippy counts.
    pub(crate) parameters: usize,
    /// A parameter is a `bool`, a reference to one or an optional one. A predicate is not.
    pub(crate) takes_bool: bool,
}

/// Every named function of the code, in its order; one inside another is found too.
pub(crate) fn of(code: &str) -> Vec<Function<'_>> {
    let tokens = tokens::tokens(code);
    let starts = (0..tokens.len()).filter(|index| tokens[*index].text == "fn");
    starts.filter_map(|start| function(&tokens, start)).collect()
}

/// The function whose `fn` stands at `start`; none for a function pointer's type.
fn function<'a>(tokens: &[Token<'a>], start: usize) -> Option<Function<'a>> {
    let name = tokens.get(start + 1).filter(|token| token.is_word())?;
    let open = parameters_open(tokens, start + 2)?;
    let close = tokens::closing(tokens, open);
    let parameters = split(&tokens[open + 1..close]);
    let mut end = close + 1;
    while let Some(token) = tokens.get(end) {
        match token.text {
            ";" => break,
            "{" => {
                end = tokens::closing(tokens, end);
                break;
            }
            "(" | "[" => end = tokens::closing(tokens, end),
            _ => {}
        }
        end += 1;
    }
    let last = tokens.get(end).or(tokens.last())?;
    Some(Function {
        name: name.text,
        line: tokens[start].line,
        lines: last.line - tokens[start].line + 1,
        parameters: parameters.len(),
        takes_bool: parameters.iter().any(|parameter| is_bool(parameter)),
    })
}

/// The parenthesis that opens the parameters, behind the generics if there are any.
fn parameters_open(tokens: &[Token<'_>], mut index: usize) -> Option<usize> {
    let mut angles = 0_usize;
    loop {
        match tokens.get(index)?.text {
            "(" if angles == 0 => return Some(index),
            "(" | "[" | "{" => index = tokens::closing(tokens, index),
            "<" => angles += 1,
            ">" => angles = angles.saturating_sub(1),
            _ => {}
        }
        index += 1;
    }
}

/// The parameters between the outer commas.
fn split<'t, 'a>(tokens: &'t [Token<'a>]) -> Vec<&'t [Token<'a>]> {
    let mut found = Vec::new();
    let (mut start, mut index, mut angles) = (0, 0, 0_usize);
    while let Some(token) = tokens.get(index) {
        match token.text {
            "(" | "[" | "{" => index = tokens::closing(tokens, index),
            "<" => angles += 1,
            ">" => angles = angles.saturating_sub(1),
            "," if angles == 0 => {
                found.push(&tokens[start..index]);
                start = index + 1;
            }
            _ => {}
        }
        index += 1;
    }
    if start < tokens.len() {
        found.push(&tokens[start..]);
    }
    found
}

fn is_bool(parameter: &[Token<'_>]) -> bool {
    let colon = parameter.iter().position(|token| token.text == ":");
    let kind = colon.map_or(&[][..], |colon| &parameter[colon + 1..]);
    let words: Vec<&str> =
        kind.iter().map(|token| token.text).filter(|text| !matches!(*text, "&" | "mut")).collect();
    matches!(words.as_slice(), ["bool"] | ["Option", "<", "bool", ">"])
}
