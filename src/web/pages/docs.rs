//! The interface for other programs, for people to read.

use askama::Template;

use super::{AssetUrls, Header};

/// Operations under one heading.
#[derive(Debug)]
pub(crate) struct Group {
    /// Heading.
    pub(crate) title: String,
    /// Its operations.
    pub(crate) operations: Vec<Operation>,
}

/// A method of an address.
#[derive(Debug)]
pub(crate) struct Operation {
    /// Unique name, also part of its anchor.
    pub(crate) id: String,
    /// Method in capitals.
    pub(crate) method: String,
    /// Template of the address.
    pub(crate) path: String,
    /// What it is for.
    pub(crate) summary: String,
    /// More about it; may be empty.
    pub(crate) description: String,
    /// What it takes.
    pub(crate) parameters: Vec<Field>,
    /// What it answers.
    pub(crate) responses: Vec<Response>,
    /// How to call it from a shell.
    pub(crate) curl: String,
    /// What it answers, for example; empty when there is none.
    pub(crate) example: String,
}

/// A parameter of an operation, or a field of a schema.
#[derive(Debug)]
pub(crate) struct Field {
    /// Name.
    pub(crate) name: String,
    /// What it may be.
    pub(crate) kind: Kind,
    /// Where it stands, or whether it must be there.
    pub(crate) place: &'static str,
    /// What it means.
    pub(crate) description: String,
}

/// What a value may be, in words, with the schema it is made of.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Kind {
    /// Before the name of the schema.
    pub(crate) text: String,
    /// Name of the schema; empty when there is none.
    pub(crate) schema: String,
}

/// One way an operation can end.
#[derive(Debug)]
pub(crate) struct Response {
    /// Status code.
    pub(crate) status: String,
    /// When it happens.
    pub(crate) description: String,
    /// Media types with what they hold.
    pub(crate) forms: Vec<(String, Kind)>,
}

/// A kind of value that answers are made of.
#[derive(Debug)]
pub(crate) struct Schema {
    /// Name, also part of its anchor.
    pub(crate) name: String,
    /// Its fields; none when it is a plain value.
    pub(crate) fields: Vec<Field>,
    /// What it may be when it has no fields.
    pub(crate) kind: Kind,
}

/// What the page shows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DocsView<'a> {
    /// Introduction, a paragraph each.
    pub(crate) introduction: &'a [String],
    /// All operations.
    pub(crate) groups: &'a [Group],
    /// All schemas, by name.
    pub(crate) schemas: &'a [Schema],
    /// Addresses of styles and scripts.
    pub(crate) assets: &'a AssetUrls,
}

/// The page of the interface.
///
/// # Errors
/// When the template cannot be rendered.
pub(crate) fn docs_page(view: &DocsView<'_>) -> Result<String, askama::Error> {
    let DocsView { introduction, groups, schemas, assets } = *view;
    let header = Header::plain(assets, "/docs");
    DocsPage { assets, header, introduction, groups, schemas }.render()
}

#[derive(Template)]
#[template(path = "docs.html")]
struct DocsPage<'a> {
    assets: &'a AssetUrls,
    header: Header<'a>,
    introduction: &'a [String],
    groups: &'a [Group],
    schemas: &'a [Schema],
}
