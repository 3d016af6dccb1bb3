//! Which monitoring alerts the published articles say they answer, ready to be compared.

use std::collections::BTreeMap;

use tantivy::{DocAddress, DocSet, Searcher, TERMINATED, schema::IndexRecordOption};
use wildmatch::WildMatch;

use super::{IndexError, schema::Fields};
use crate::article::AlertMatcher;

/// What an article declares, with the article.
#[derive(Debug, Clone)]
pub struct DeclaredAlert {
    /// Which alerts it answers.
    pub matcher: AlertMatcher,
    /// The article.
    pub address: DocAddress,
    name: Option<WildMatch>,
    labels: Vec<(String, WildMatch)>,
}

impl DeclaredAlert {
    fn new(matcher: AlertMatcher, address: DocAddress) -> Self {
        let glob = |text: &String| WildMatch::new_case_insensitive(text);
        let name = matcher.name.as_ref().map(glob);
        let labels = matcher.labels.iter().map(|(label, value)| (label.clone(), glob(value)));
        let labels = labels.collect();
        Self { matcher, address, name, labels }
    }

    /// Whether an alert of this name with these labels is meant: the name and every label that is
    /// declared must fit.
    #[must_use]
    pub fn matches(&self, name: &str, labels: &BTreeMap<String, String>) -> bool {
        let has = |(label, glob): &(String, WildMatch)| {
            labels.get(label).is_some_and(|value| glob.matches(value))
        };
        self.name.as_ref().is_none_or(|glob| glob.matches(name)) && self.labels.iter().all(has)
    }

    /// More for what says more: each label, then each character of the name that is no wildcard.
    #[must_use]
    pub fn telling(&self) -> (usize, usize) {
        let name = self.matcher.name.as_deref().unwrap_or_default();
        (self.labels.len(), name.chars().filter(|c| !matches!(c, '*' | '?')).count())
    }
}

/// All declarations of a revision.
#[derive(Debug, Default)]
pub struct DeclaredAlerts(Vec<DeclaredAlert>);

impl DeclaredAlerts {
    /// Reads the declarations of an index. Only articles that have any are touched.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub(super) fn build(searcher: &Searcher, fields: &Fields) -> Result<Self, IndexError> {
        let mut declared = Vec::new();
        for (ord, reader) in (0u32..).zip(searcher.segment_readers()) {
            let inverted = reader.inverted_index(fields.alerts)?;
            let mut terms = inverted.terms().stream()?;
            while terms.advance() {
                let Ok(matcher) = serde_json::from_slice::<AlertMatcher>(terms.key()) else {
                    continue;
                };
                let basic = IndexRecordOption::Basic;
                let mut docs = inverted.read_postings_from_terminfo(terms.value(), basic)?;
                while docs.doc() != TERMINATED {
                    if reader.alive_bitset().is_none_or(|alive| alive.is_alive(docs.doc())) {
                        let address = DocAddress::new(ord, docs.doc());
                        declared.push(DeclaredAlert::new(matcher.clone(), address));
                    }
                    docs.advance();
                }
            }
        }
        Ok(Self(declared))
    }

    /// What an alert of this name with these labels is declared by, in no particular order; an
    /// article may occur more than once.
    pub fn of<'a>(
        &'a self,
        name: &'a str,
        labels: &'a BTreeMap<String, String>,
    ) -> impl Iterator<Item = &'a DeclaredAlert> {
        self.0.iter().filter(|declared| declared.matches(name, labels))
    }
}

/// The term by which a declaration is found again.
pub(super) fn term(matcher: &AlertMatcher) -> String {
    serde_json::to_string(matcher).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn declared(name: Option<&str>, labels: &[(&str, &str)]) -> DeclaredAlert {
        let labels = labels.iter().map(|(label, value)| ((*label).into(), (*value).into()));
        let matcher = AlertMatcher { name: name.map(str::to_owned), labels: labels.collect() };
        DeclaredAlert::new(matcher, DocAddress::new(0, 0))
    }

    #[test]
    fn name_and_every_label_must_fit() {
        let alert = BTreeMap::from([("job".to_owned(), "mysql-prod".to_owned())]);
        let table = [
            (declared(Some("Mysql*"), &[]), true),
            (declared(Some("mysqlDOWN"), &[]), true),
            (declared(Some("Mysql?own"), &[]), true),
            (declared(Some("Mysql"), &[]), false),
            (declared(Some("*"), &[]), true),
            (declared(Some("Mysql*"), &[("job", "mysql-*")]), true),
            (declared(None, &[("job", "MYSQL*")]), true),
            (declared(Some("Mysql*"), &[("job", "node")]), false),
            (declared(Some("Mysql*"), &[("instance", "*")]), false),
            (declared(Some("Redis*"), &[("job", "mysql-*")]), false),
        ];
        for (declared, expected) in table {
            assert_eq!(declared.matches("MysqlDown", &alert), expected, "{:?}", declared.matcher);
        }
    }

    #[test]
    fn labels_say_more_than_names_and_wildcards_say_nothing() {
        let rising = [
            declared(Some("*"), &[]),
            declared(Some("Mysql*"), &[]),
            declared(Some("MysqlDown"), &[]),
            declared(Some("*"), &[("job", "*")]),
        ];
        let telling: Vec<_> = rising.iter().map(DeclaredAlert::telling).collect();
        assert!(telling.is_sorted_by(|a, b| a < b), "{telling:?}");
    }
}
