//! Rust sources as a check reads them: code apart from comments, and the product apart from its tests.

use std::path::Path;

use crate::tokens::{Token, closing, tokens};
use crate::tree;

/// One source file in three masks. A mask keeps the length and the lines of the file: what does not
/// belong to it is blank.
pub(crate) struct Source {
    pub(crate) path: String,
    /// The code, without comments and literals.
    pub(crate) code: String,
    /// The comments, without anything else.
    pub(crate) comments: String,
    /// The code, without what is compiled for tests only.
    pub(crate) product: String,
    /// The modules that this file declares for tests only, each as the path of its file without `.rs`.
    test_modules: Vec<String>,
}

impl Source {
    pub(crate) fn new(path: &str, text: &str) -> Source {
        let (code, comments) = masks(text);
        let (product, names) = without_tests(&code);
        let stem = path.strip_suffix(".rs").unwrap_or(path);
        let (parent, name) = stem.rsplit_once('/').unwrap_or(("", stem));
        let folder = if matches!(name, "lib" | "main" | "mod") { parent } else { stem };
        let test_modules = names.iter().map(|name| format!("{folder}/{name}")).collect();
        Source { path: path.to_owned(), code, comments, product, test_modules }
    }
}

/// Every Rust source below `folder`, which ends in `/`.
pub(crate) fn sources(root: &Path, folder: &str) -> Vec<Source> {
    let paths = tree::files_under(root, folder).into_iter().filter(|path| path.ends_with(".rs"));
    paths.filter_map(|path| Some(Source::new(&path, &tree::text(root, &path)?))).collect()
}

/// The sources below `crates/<name>/src` that are built into the product.
pub(crate) fn product_sources(root: &Path, name: &str) -> Vec<Source> {
    let mut all = sources(root, &format!("crates/{name}/src/"));
    let tests: Vec<String> = all.iter().flat_map(|source| source.test_modules.clone()).collect();
    let only_tests = |path: &str| {
        let stem = path.strip_suffix(".rs").unwrap_or(path);
        tests.iter().any(|module| {
            stem.strip_prefix(module.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    };
    all.retain(|source| !only_tests(&source.path));
    all
}

/// Splits a source into the mask of its code and the mask of its comments.
fn masks(text: &str) -> (String, String) {
    let blank = |part: &str| -> String { part.chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect() };
    let (mut code, mut comments) = (String::new(), String::new());
    let mut rest = text;
    let mut previous = ' ';
    while let Some(first) = rest.chars().next() {
        let in_word = previous.is_alphanumeric() || previous == '_';
        let (comment, literal) = (comment_length(rest), literal_length(rest, in_word));
        let length = comment.or(literal).unwrap_or(first.len_utf8());
        let (part, after) = rest.split_at(length);
        code.push_str(&if comment.or(literal).is_some() { blank(part) } else { part.to_owned() });
        comments.push_str(&if comment.is_some() { part.to_owned() } else { blank(part) });
        previous = if comment.or(literal).is_some() { ' ' } else { first };
        rest = after;
    }
    (code, comments)
}

fn comment_length(rest: &str) -> Option<usize> {
    if rest.starts_with("//") {
        return Some(rest.find('\n').unwrap_or(rest.len()));
    }
    if !rest.starts_with("/*") {
        return None;
    }
    let (mut depth, mut at) = (0_usize, 0);
    while at < rest.len() {
        let tail = &rest.as_bytes()[at..];
        if tail.starts_with(b"/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if tail.starts_with(b"*/") {
            (depth, at) = (depth - 1, at + 2);
        } else {
            at += 1;
        }
        if depth == 0 {
            return Some(at);
        }
    }
    Some(rest.len())
}

/// The length of the string or character literal that starts here. A lifetime is not a literal.
fn literal_length(rest: &str, in_word: bool) -> Option<usize> {
    let prefix = ["br", "cr", "r", "b", "c", ""].into_iter().find(|prefix| {
        let marks = rest.strip_prefix(prefix).unwrap_or("").trim_start_matches('#');
        (prefix.is_empty() || !in_word) && rest.starts_with(prefix) && marks.starts_with(['"', '\''])
    })?;
    let body = &rest[prefix.len()..];
    let hashes = body.len() - body.trim_start_matches('#').len();
    if prefix.ends_with('r') {
        let end = format!("\"{}", "#".repeat(hashes));
        let inside = body[hashes..].strip_prefix('"')?;
        let length = inside.find(&end).map_or(inside.len(), |at| at + end.len());
        return Some(prefix.len() + hashes + 1 + length);
    }
    let quote = body.chars().next().filter(|first| matches!(first, '"' | '\''))?;
    let mut letters = body.char_indices().skip(1);
    if quote == '\'' {
        let (_, first) = letters.next()?;
        let (second_at, second) = letters.next()?;
        if first != '\\' {
            return (second == '\'').then(|| prefix.len() + second_at + 1);
        }
    }
    let mut escaped = false;
    for (at, letter) in letters {
        if letter == quote && !escaped {
            return Some(prefix.len() + at + 1);
        }
        escaped = letter == '\\' && !escaped;
    }
    Some(rest.len())
}

/// Blanks each item behind `#[cfg(test)]`, and names the modules among them that have their own file.
fn without_tests(code: &str) -> (String, Vec<String>) {
    let tokens = tokens(code);
    let mut product = code.to_owned();
    let mut modules = Vec::new();
    let mut index = 0;
    while index < tokens.len() {
        let Some(last) = test_item_end(&tokens, index) else {
            index += 1;
            continue;
        };
        if let [.., module, name, end] = &tokens[index..=last]
            && (module.text, end.text) == ("mod", ";")
        {
            modules.push(name.text.to_owned());
        }
        let range = tokens[index].start..tokens[last].start + tokens[last].text.len();
        let blank: String = code[range.clone()].chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect();
        product.replace_range(range.clone(), &format!("{blank:width$}", width = range.len()));
        index = last + 1;
    }
    (product, modules)
}

/// The last token of what the attribute at `index` keeps for tests; none if it is no such attribute.
fn test_item_end(tokens: &[Token<'_>], index: usize) -> Option<usize> {
    let texts: Vec<&str> = tokens[index..].iter().take(8).map(|token| token.text).collect();
    match texts.as_slice() {
        ["#", "!", "[", "cfg", "(", "test", ..] => Some(tokens.len() - 1),
        ["#", "[", "cfg", "(", "test", ..] | ["#", "[", "cfg", "(", "all", "(", "test", ..] => {
            Some(item_end(tokens, index))
        }
        _ => None,
    }
}

/// The last token of the item whose attributes start at `index`.
fn item_end(tokens: &[Token<'_>], mut index: usize) -> usize {
    while tokens.get(index).is_some_and(|token| token.text == "#") {
        index = closing(tokens, index + 1) + 1;
    }
    while let Some(token) = tokens.get(index) {
        match token.text {
            ";" => return index,
            "{" => return closing(tokens, index),
            "}" => return index - 1,
            "(" | "[" => index = closing(tokens, index),
            _ => {}
        }
        index += 1;
    }
    tokens.len() - 1
}

#[test]
fn a_literal_is_no_code_and_no_comment() {
    let text = r###"let a = ("// no", r#"fn "x" /* "#, '"', b'\'', 'x', "\"//"); // yes"###;
    let source = Source::new("a.rs", text);
    let words: Vec<&str> = tokens(&source.code).iter().map(|token| token.text).collect();
    assert_eq!(words, ["let", "a", "=", "(", ",", ",", ",", ",", ",", ")", ";"]);
    assert_eq!(source.comments.trim(), "// yes");
}

#[test]
fn a_lifetime_starts_no_literal() {
    let source = Source::new("a.rs", "fn f<'a, 'b>(x: &'a str) {} /* a /* b */ c */ fn g() {}");
    assert_eq!(tokens(&source.code).iter().filter(|token| token.text == "fn").count(), 2);
    assert_eq!(source.comments.trim(), "/* a /* b */ c */");
}

#[test]
fn what_is_kept_for_tests_is_not_the_product() {
    let text = "#[cfg(test)]\nextern crate std;\nfn a() {}\n#[cfg(test)]\n#[allow(x)]\nmod t { fn b() {} }\nfn c() {}";
    let source = Source::new("a.rs", text);
    let names: Vec<&str> = tokens(&source.product).iter().map(|token| token.text).collect();
    assert_eq!(names, ["fn", "a", "(", ")", "{", "}", "fn", "c", "(", ")", "{", "}"]);
    let last = tokens(&source.product).last().map(|token| token.line);
    assert_eq!(last, Some(7), "lines keep their number");
}

#[test]
fn a_module_for_tests_has_its_files_outside_the_product() {
    let tree = crate::scratch::Scratch::sound()
        .with("crates/units/src/lib.rs", "mod price;\n#[cfg(test)]\nmod worlds;\n")
        .with("crates/units/src/price.rs", "#[cfg(test)]\nmod tests;\n")
        .with("crates/units/src/price/tests.rs", "")
        .with("crates/units/src/worlds/mod.rs", "")
        .with("crates/units/src/worldsmith.rs", "");
    let paths: Vec<String> =
        product_sources(tree.root(), "units").into_iter().map(|source| source.path).collect();
    assert_eq!(paths, ["lib.rs", "price.rs", "worldsmith.rs"].map(|name| format!("crates/units/src/{name}")));
}
