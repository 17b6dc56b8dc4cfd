//! What is written against what was answered.

use std::{fmt::Write as _, path::Path};

use super::read::Script;

/// One answer that differs from what is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// Line of the question.
    pub line: usize,
    /// The question.
    pub question: String,
    /// What is written.
    pub written: Vec<String>,
    /// What the pool answered.
    pub answered: Vec<String>,
}

pub(crate) fn mismatches(script: &Script, answers: &[Vec<String>]) -> Vec<Mismatch> {
    let pairs = script.steps.iter().zip(answers).filter(|(step, answer)| step.answer != **answer);
    let mismatch = pairs.map(|(step, answer)| Mismatch {
        line: step.question.line,
        question: step.question.text.clone(),
        written: step.answer.clone(),
        answered: answer.clone(),
    });
    mismatch.collect()
}

/// All mismatches of a file: `-` is written there, `+` is what the pool answered.
pub(crate) fn told(path: &Path, mismatches: &[Mismatch]) -> String {
    let mut text = String::new();
    for mismatch in mismatches {
        // Writing into a string cannot fail.
        let _ = writeln!(text, "{}:{}: {}", path.display(), mismatch.line, mismatch.question);
        for (mark, line) in difference(&mismatch.written, &mismatch.answered) {
            let _ = writeln!(text, "  {mark} {line}");
        }
    }
    let _ =
        write!(text, "(- is written, + is the answer; read it, and if it is right: CISTERN_GOLDEN=write)");
    text
}

/// The lines of both, in order, each marked by where it stands.
fn difference<'a>(written: &'a [String], answered: &'a [String]) -> Vec<(char, &'a str)> {
    // Length of the longest common sequence of every pair of tails.
    let mut common = vec![vec![0_usize; answered.len() + 1]; written.len() + 1];
    for (i, left) in written.iter().enumerate().rev() {
        for (j, right) in answered.iter().enumerate().rev() {
            let skipped = common[i + 1][j].max(common[i][j + 1]);
            common[i][j] = if left == right { common[i + 1][j + 1] + 1 } else { skipped };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut lines = Vec::new();
    while i < written.len() || j < answered.len() {
        let both = written.get(i).is_some_and(|line| answered.get(j) == Some(line));
        let drop_written = i < written.len() && (j == answered.len() || common[i + 1][j] >= common[i][j + 1]);
        match (both, drop_written) {
            (true, _) => {
                lines.push((' ', written[i].as_str()));
                (i, j) = (i + 1, j + 1);
            }
            (false, true) => {
                lines.push(('-', written[i].as_str()));
                i += 1;
            }
            (false, false) => {
                lines.push(('+', answered[j].as_str()));
                j += 1;
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn a_difference_keeps_what_is_common() {
        let (written, answered) = (lines("a b c d"), lines("a x c"));
        let shown: Vec<String> =
            difference(&written, &answered).iter().map(|(mark, line)| format!("{mark}{line}")).collect();
        assert_eq!(shown, [" a", "-b", "+x", " c", "-d"]);
        assert!(difference(&[], &[]).is_empty());
    }
}
