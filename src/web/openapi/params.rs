//! Query parameters that several routes share, described with the bounds that `web::query` checks.

use serde_json::{Value, json};
use utoipa::{
    IntoParams, Number,
    openapi::{
        RefOr, Required,
        path::{Parameter, ParameterBuilder, ParameterIn, ParameterStyle},
        schema::{ArrayBuilder, ObjectBuilder, Schema, Type},
    },
};

use crate::{
    article::{FaultType, Severity, Status, Tier},
    search::{DEFAULT_LIMIT, MAX_DEPTH, MAX_LIMIT},
    web::{api::review::MAX_OWNER_CHARS, query::MAX_SYSTEM_CHARS},
};

/// The filters of lists and searches.
pub(crate) struct Filtering;

/// `limit`, up to a page of hits.
pub(crate) struct Limit;

/// `offset` of a list, which goes as far as there are articles.
pub(crate) struct Offset;

/// `offset` of a search, which goes down to [`MAX_DEPTH`] only.
pub(crate) struct Depth;

/// `owner` of what is due for review.
pub(crate) struct Owners;

impl IntoParams for Filtering {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let name = ObjectBuilder::new().schema_type(Type::String);
        let name = name.min_length(Some(1)).max_length(Some(MAX_SYSTEM_CHARS));
        vec![
            repeated("fault_type", "故障类型", one_of(FaultType::ALL.iter().map(|v| v.as_str()))),
            repeated("system", "系统，如 ad、printer", name),
            repeated("severity", "严重程度", one_of(Severity::ALL.iter().map(|v| v.as_str()))),
            repeated("tier", "由谁处理", one_of(Tier::ALL.iter().map(|v| v.as_str()))),
            repeated(
                "status",
                "文章状态，不给时只看已发布的",
                one_of(Status::ALL.iter().map(|v| v.as_str())),
            ),
        ]
    }
}

impl IntoParams for Limit {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let schema = whole(1, MAX_LIMIT).default(Some(json!(DEFAULT_LIMIT)));
        vec![optional("limit", "这一页至多多少篇", schema.into(), json!(5))]
    }
}

impl IntoParams for Offset {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let schema = whole(0, usize::MAX).default(Some(json!(0)));
        vec![optional("offset", "跳过前面多少篇", schema.into(), json!(0))]
    }
}

impl IntoParams for Depth {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let schema = whole(0, MAX_DEPTH - 1).default(Some(json!(0)));
        let what = format!("跳过前面多少篇；offset 与 limit 之和不超过 {MAX_DEPTH}");
        vec![optional("offset", &what, schema.into(), json!(0))]
    }
}

impl IntoParams for Owners {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let name = ObjectBuilder::new().schema_type(Type::String);
        let name = name.min_length(Some(1)).max_length(Some(MAX_OWNER_CHARS));
        vec![repeated("owner", "负责人", name)]
    }
}

fn optional(name: &str, what: &str, schema: RefOr<Schema>, example: Value) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Query)
        .required(Required::False)
        .description(Some(what))
        .schema(Some(schema))
        .example(Some(example))
        .build()
}

/// A parameter that may be given several times.
fn repeated(name: &str, what: &str, item: ObjectBuilder) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Query)
        .required(Required::False)
        .description(Some(format!("{what}；可以重复，符合其一即可")))
        .schema(Some(ArrayBuilder::new().items(item)))
        .style(Some(ParameterStyle::Form))
        .explode(Some(true))
        .build()
}

fn one_of(values: impl Iterator<Item = &'static str>) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(values))
}

fn whole(least: usize, most: usize) -> ObjectBuilder {
    let (least, most) = (Number::UInt(least), Number::UInt(most));
    ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(least)).maximum(Some(most))
}
