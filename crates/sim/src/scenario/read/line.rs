use std::fmt::Write as _;

use super::{Fault, FaultKind, Verb};

/// One word of a question, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    pub(crate) text: String,
    pub(crate) line: usize,
    pub(crate) column: usize,
}

impl Word {
    /// What is wrong with this word.
    pub(crate) fn fault(&self, kind: FaultKind) -> Fault {
        Fault { line: self.line, column: self.column, kind }
    }

    /// This word is too much.
    pub(crate) fn extra(&self, usage: &str) -> Fault {
        self.fault(FaultKind::ExtraWord { word: self.text.clone(), usage: usage.to_owned() })
    }

    /// A part of the word that begins `skipped` characters into it.
    pub(crate) fn part(&self, skipped: usize, text: &str) -> Self {
        Self { text: text.to_owned(), line: self.line, column: self.column + skipped }
    }

    /// The two sides of the first `mark`, each with its place.
    pub(crate) fn split_once(&self, mark: char) -> Option<(Self, Self)> {
        let (left, right) = self.text.split_once(mark)?;
        Some((self.part(0, left), self.part(left.chars().count() + 1, right)))
    }

    /// The parts between commas, each with its place.
    pub(crate) fn list(&self) -> Vec<Self> {
        let mut skipped = 0;
        let parts = self.text.split(',').map(|text| {
            let part = self.part(skipped, text);
            skipped += text.chars().count() + 1;
            part
        });
        parts.collect()
    }
}

/// How much of the answer is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// What a reader wants to know.
    Brief,
    /// Every event.
    Verbose,
}

/// What is asked in one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// What to do.
    pub verb: Verb,
    /// How much of the answer is told.
    pub detail: Detail,
    /// Line, from 1.
    pub line: usize,
    /// The line as it is written, without its comment.
    pub text: String,
    pub(crate) words: Vec<Word>,
}

/// A question and the answer that is written below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What is asked.
    pub question: Question,
    /// What is answered, a line each, without indentation.
    pub answer: Vec<String>,
}

/// A scenario: questions in their order, each with its answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Script {
    /// The comment that the file begins with: what it shows.
    pub title: String,
    /// Questions and answers.
    pub steps: Vec<Step>,
}

/// What one line of the text is.
enum Line<'a> {
    Blank,
    Comment(&'a str),
    Question(&'a str),
    Answer(&'a str),
}

fn classify(line: &str) -> Line<'_> {
    match line.trim() {
        "" => Line::Blank,
        text if line.starts_with([' ', '\t']) => Line::Answer(text),
        text => match text.strip_prefix('#') {
            Some(comment) => Line::Comment(comment.trim()),
            None => Line::Question(text),
        },
    }
}

/// Reads a scenario: flush-left lines are asked, indented lines are answered, `#` begins a comment.
///
/// # Errors
/// The first line that cannot be used, with its place and what to write instead.
pub fn parse(text: &str) -> Result<Script, Fault> {
    let mut script = Script::default();
    let mut answering = false;
    for (index, line) in text.lines().enumerate() {
        let number = index + 1;
        match classify(line) {
            Line::Blank => answering = false,
            Line::Comment(comment) => {
                if script.title.is_empty() && script.steps.is_empty() {
                    comment.clone_into(&mut script.title);
                }
                answering = false;
            }
            Line::Question(text) => {
                let question = question(text, number)?;
                script.steps.push(Step { question, answer: Vec::new() });
                answering = true;
            }
            Line::Answer(text) => {
                let column = line.chars().count() - line.trim_start().chars().count() + 1;
                let fault = |kind| Fault { line: number, column, kind };
                if text.starts_with('#') {
                    return Err(fault(FaultKind::CommentInAnswer));
                }
                let step = script.steps.last_mut().filter(|_| answering);
                let step = step.ok_or_else(|| fault(FaultKind::AnswerWithoutQuestion))?;
                step.answer.push(text.to_owned());
            }
        }
    }
    Ok(script)
}

fn question(text: &str, line: usize) -> Result<Question, Fault> {
    let mut words = words(text, line);
    let text = match words.last() {
        Some(last) => {
            let end = last.column - 1 + last.text.chars().count();
            text.chars().take(end).collect()
        }
        None => String::new(),
    };
    let verbose = words.first().is_some_and(|word| word.text == "verbose");
    let detail = if verbose { Detail::Verbose } else { Detail::Brief };
    words.drain(..usize::from(verbose));
    let missing = || Fault {
        line,
        column: text.chars().count() + 1,
        kind: FaultKind::MissingArgument {
            argument: "a question".to_owned(),
            usage: "verbose QUESTION".to_owned(),
        },
    };
    let (first, words) = words.split_first().ok_or_else(missing)?;
    let verb = verb(first)?;
    check_arguments(verb, first, words)?;
    Ok(Question { verb, detail, line, text, words: words.to_vec() })
}

fn verb(first: &Word) -> Result<Verb, Fault> {
    Verb::of(&first.text).ok_or_else(|| {
        let verbs: Vec<&str> = Verb::ALL.iter().map(|verb| verb.word()).collect();
        first.fault(FaultKind::UnknownVerb { word: first.text.clone(), verbs: verbs.join(", ") })
    })
}

/// A question within another, behind the word `last`: its verb and its own words.
pub(crate) fn asked<'w>(words: &'w [Word], last: &Word) -> Result<(Verb, &'w [Word]), Fault> {
    let missing = || {
        let (argument, usage) = ("QUESTION".to_owned(), Verb::Signed.usage().to_owned());
        last.part(last.text.chars().count() + 1, "").fault(FaultKind::MissingArgument { argument, usage })
    };
    let (first, words) = words.split_first().ok_or_else(missing)?;
    let verb = verb(first)?;
    check_arguments(verb, first, words)?;
    Ok((verb, words))
}

/// Are all arguments there, and no word too much?
fn check_arguments(verb: Verb, first: &Word, words: &[Word]) -> Result<(), Fault> {
    let (required, open) = verb.arguments();
    let usage = verb.usage().to_owned();
    if let Some(argument) = required.get(words.len()) {
        let last = words.last().unwrap_or(first);
        let end = last.part(last.text.chars().count() + 1, "");
        return Err(end.fault(FaultKind::MissingArgument { argument: (*argument).to_owned(), usage }));
    }
    match words.get(required.len()) {
        Some(word) if !open => Err(word.fault(FaultKind::ExtraWord { word: word.text.clone(), usage })),
        _ => Ok(()),
    }
}

/// The words of a line up to its comment.
fn words(text: &str, line: usize) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut gap = true;
    for (index, letter) in text.chars().enumerate() {
        if letter == '#' && gap {
            break;
        }
        match words.last_mut() {
            _ if letter.is_whitespace() => {}
            Some(word) if !gap => word.text.push(letter),
            _ => words.push(Word { text: letter.to_string(), line, column: index + 1 }),
        }
        gap = letter.is_whitespace();
    }
    words
}

/// The text with these answers below its questions; comments, blank lines and questions stay as they are.
#[must_use]
pub fn rewrite(text: &str, answers: &[Vec<String>]) -> String {
    let mut answers = answers.iter();
    let mut out = String::new();
    for line in text.lines() {
        let kind = classify(line);
        if matches!(kind, Line::Answer(_)) {
            continue;
        }
        out.push_str(line.trim_end());
        out.push('\n');
        if matches!(kind, Line::Question(_)) {
            for answer in answers.next().into_iter().flatten() {
                // Writing into a string cannot fail.
                let _ = writeln!(out, "    {answer}");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
# What it shows
pool two-assets   # with a comment

verbose price ETH 1_800
    old answer
\tand another
# between
pause
";

    #[test]
    fn a_text_is_questions_with_their_answers() {
        let script = parse(TEXT).unwrap();
        assert_eq!(script.title, "What it shows");
        let steps: Vec<(&str, usize, Detail, usize)> = script
            .steps
            .iter()
            .map(|step| {
                let question = &step.question;
                (question.text.as_str(), question.line, question.detail, step.answer.len())
            })
            .collect();
        let expected = [
            ("pool two-assets", 2, Detail::Brief, 0),
            ("verbose price ETH 1_800", 4, Detail::Verbose, 2),
            ("pause", 8, Detail::Brief, 0),
        ];
        assert_eq!(steps, expected);
        let price = &script.steps[1].question.words[1];
        assert_eq!((price.text.as_str(), price.line, price.column), ("1_800", 4, 19));
    }

    #[test]
    fn new_answers_leave_everything_else_as_it_is() {
        let answers = [vec![], vec!["one".to_owned(), "two".to_owned()], vec!["three".to_owned()]];
        let written = rewrite(TEXT, &answers);
        let expected = TEXT
            .replace("    old answer\n\tand another\n", "    one\n    two\n")
            .replace("pause\n", "pause\n    three\n");
        assert_eq!(written, expected);
        assert_eq!(rewrite(&written, &answers), written);
    }

    #[test]
    fn parts_of_a_word_know_where_they_stand() {
        let word = Word { text: "ETH=alpha:1,beta:2".to_owned(), line: 3, column: 6 };
        let (feed, said) = word.split_once('=').unwrap();
        assert_eq!((feed.column, said.column), (6, 10));
        let columns: Vec<usize> = said.list().iter().map(|part| part.column).collect();
        assert_eq!(columns, [10, 18]);
    }
}
