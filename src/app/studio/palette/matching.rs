//! How well a line matches what was typed: words by their beginnings.

/// What was typed, made ready for many lines.
pub struct Query {
    whole: String,
    words: Vec<String>,
}

impl Query {
    pub fn new(typed: &str) -> Self {
        // Files and other programs write names with underscores.
        let whole = plain(&typed.replace('_', " ")).trim().to_owned();
        let words = whole.split_whitespace().map(str::to_owned).collect();
        Self { whole, words }
    }

    pub fn is_empty(&self) -> bool {
        self.whole.is_empty()
    }

    /// How well a line matches, 0 best; `more` is what is known of it besides its name. The name
    /// itself, its beginning, its words by their beginnings, words that it is known by, the inside
    /// of its words, and last the letters in order with others between them.
    pub fn score(&self, name: &str, more: &str) -> Option<u32> {
        let (name, more) = (plain(name), plain(more));
        if name == self.whole {
            return Some(0);
        }
        if name.starts_with(&self.whole) {
            return Some(1);
        }
        let names: Vec<&str> = words(&name).collect();
        if self.begin(&names, true) {
            let first = self.words.first().zip(names.first());
            let at_once = first.is_some_and(|(wanted, name)| name.starts_with(wanted.as_str()));
            return Some(if at_once { 2 } else { 3 });
        }
        if self.begin(&names, false) {
            return Some(4);
        }
        let all: Vec<&str> = names.iter().copied().chain(words(&more)).collect();
        if self.begin(&all, false) {
            return Some(5);
        }
        // "light" in "slightly".
        if name.contains(&self.whole) {
            return Some(6);
        }
        if more.contains(&self.whole) {
            return Some(7);
        }
        let mut letters = name.chars();
        let wanted = self.whole.chars().filter(|c| !c.is_whitespace());
        let in_order = wanted.into_iter().all(|c| letters.any(|l| l == c));
        in_order.then_some(SCATTERED)
    }

    /// Whether a part of this was typed: the beginning of one of its words, or what is in it.
    pub fn is_about(&self, text: &str) -> bool {
        let text = plain(text);
        let begun = |word: &str| self.words.iter().any(|w| word.starts_with(w.as_str()));
        !self.is_empty() && (words(&text).any(begun) || text.contains(&self.whole))
    }

    /// Whether each word begins one of `words`, no two the same one.
    fn begin(&self, words: &[&str], in_order: bool) -> bool {
        let mut used = vec![false; words.len()];
        let mut from = 0;
        self.words.iter().all(|wanted| {
            let fits = |i: &usize| !used[*i] && words[*i].starts_with(wanted.as_str());
            let Some(at) = (from..words.len()).find(fits) else {
                return false;
            };
            used[at] = true;
            from = if in_order { at + 1 } else { 0 };
            true
        })
    }
}

/// In one case, and with the hyphen that keys have in place of a minus sign.
fn plain(text: &str) -> String {
    text.to_lowercase().replace('−', "-")
}

/// The score of lines that have the letters in order, with others between.
pub const SCATTERED: u32 = 8;

/// Sorts what matches, the best first; lines that only have the letters are left out where there
/// are better ones.
pub fn sorted<T>(mut scored: Vec<(u32, T)>) -> Vec<T> {
    scored.sort_by_key(|(score, _)| *score);
    let good = scored.first().is_some_and(|(best, _)| *best < SCATTERED);
    let scored = scored.into_iter();
    let kept = scored.filter(|(score, _)| !good || *score < SCATTERED);
    kept.map(|(_, line)| line).collect()
}

fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn best(typed: &str) -> Vec<&'static str> {
        let lines = [
            ("Arched Eyebrows disputed", "filter"),
            ("Eyeglasses disputed", "filter"),
            ("Eyeglasses labelled present", "filter"),
            ("Bushy Eyebrows disputed", "filter"),
            ("Next disagreement", "Show the next face"),
            ("Sort by name", "Order"),
            ("1:1", "pixels"),
            ("Dark", "The dark theme, or the light one"),
            ("Mouth Slightly Open disputed", "filter"),
        ];
        let query = Query::new(typed);
        let scored = lines.iter();
        let scored = scored.filter_map(|(name, more)| Some((query.score(name, more)?, *name)));
        sorted(scored.collect())
    }

    #[test]
    fn words_are_found_by_their_beginnings() {
        assert_eq!(best("eyeg d"), ["Eyeglasses disputed"]);
        assert_eq!(best("eye d")[0], "Eyeglasses disputed");
        assert_eq!(best("d eyeb")[1], "Bushy Eyebrows disputed");
        assert_eq!(best("pres"), ["Eyeglasses labelled present"]);
        assert_eq!(best("order"), ["Sort by name"]);
        assert_eq!(best("1:1"), ["1:1"]);
        assert_eq!(best("Arched_Eyebrows d"), ["Arched Eyebrows disputed"]);
        assert_eq!(best("brow").len(), 2);
        let known_by = ["Dark", "Mouth Slightly Open disputed"];
        assert_eq!(
            best("light"),
            known_by,
            "words before what is inside others"
        );
        let minus = |typed| Query::new(typed).score("mask −1", "column");
        assert_eq!((minus("mask -1"), minus("mask −1")), (Some(0), Some(0)));
        assert_eq!(best("ndsg"), ["Next disagreement"], "letters in order");
        assert_eq!(best("eyeglasses eyeglasses"), [""; 0], "one word is one");
        assert_eq!(best("").len(), 9);
        assert!(best("zz").is_empty());
    }
}
