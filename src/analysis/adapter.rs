//! The bridge to the search engine: a text that is already tokens, and the tokenizer that
//! splits it again. One analysis thus fills several fields without a token value per field.

use tantivy::tokenizer::{TextAnalyzer, Token, TokenStream, Tokenizer};

/// Stands between two tokens. A control character: articles contain none.
pub const SEPARATOR: char = '\u{1f}';

/// The tokenizer for fields whose text is tokens joined by [`SEPARATOR`].
#[must_use]
pub fn separated() -> TextAnalyzer {
    TextAnalyzer::from(Separated)
}

#[derive(Clone)]
struct Separated;

struct SeparatedStream<'a> {
    rest: std::str::Split<'a, char>,
    token: Token,
}

impl Tokenizer for Separated {
    type TokenStream<'a> = SeparatedStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> SeparatedStream<'a> {
        SeparatedStream { rest: text.split(SEPARATOR), token: Token::default() }
    }
}

impl TokenStream for SeparatedStream<'_> {
    fn advance(&mut self) -> bool {
        let Some(text) = self.rest.by_ref().find(|text| !text.is_empty()) else { return false };
        self.token.text.clear();
        self.token.text.push_str(text);
        self.token.position = self.token.position.wrapping_add(1);
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_come_back_in_order_and_empty_ones_are_skipped() {
        let mut analyzer = separated();
        let mut stream = analyzer.token_stream("硬盘\u{1f}\u{1f}ora-01555\u{1f}坏");
        let mut texts = Vec::new();
        while stream.advance() {
            texts.push(stream.token().text.clone());
        }
        assert_eq!(texts, ["硬盘", "ora-01555", "坏"]);
    }
}
