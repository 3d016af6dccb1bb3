//! The filters of a search as options.

use std::{error::Error, str::FromStr};

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use crate::{
    article::{FaultType, Severity, Status, Tier},
    search::Filters,
};

// No doc comment: clap would take it for the command's.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "筛选（可重复）")]
pub(super) struct FilterOptions {
    #[arg(
        long, value_name = "TYPE", hide_possible_values = true,
        value_parser = one_of(FaultType::ALL, FaultType::as_str, FaultType::label),
        help = "故障类型，如 login、network、data-loss"
    )]
    fault_type: Vec<FaultType>,
    #[arg(long, value_name = "SYSTEM", help = "涉及的系统")]
    system: Vec<String>,
    #[arg(
        long, value_name = "LEVEL", hide_possible_values = true,
        value_parser = one_of(Severity::ALL, Severity::as_str, Severity::label),
        help = "严重程度：p1 紧急、p2 高、p3 中、p4 低"
    )]
    severity: Vec<Severity>,
    #[arg(
        long, value_name = "TIER", hide_possible_values = true,
        value_parser = one_of(Tier::ALL, Tier::as_str, Tier::label),
        help = "谁能处理：l1 服务台、l2 工程师、l3 厂商或专家"
    )]
    tier: Vec<Tier>,
    #[arg(
        long, value_name = "STATUS", hide_possible_values = true,
        value_parser = one_of(Status::ALL, Status::as_str, Status::label),
        help = "状态：published（默认）、draft 草稿、retired 已停用"
    )]
    status: Vec<Status>,
}

impl From<FilterOptions> for Filters {
    fn from(options: FilterOptions) -> Self {
        let FilterOptions { fault_type, system, severity, tier, status } = options;
        let status = if status.is_empty() { Self::default().status } else { status };
        Self { fault_type, system, severity, tier, status }
    }
}

/// A parser for a closed set of values, which shells can complete with their labels.
pub(super) fn one_of<T>(
    all: &'static [T],
    name: fn(T) -> &'static str,
    label: fn(T) -> &'static str,
) -> impl TypedValueParser<Value = T>
where
    T: Copy + FromStr<Err: Error + Send + Sync + 'static> + Send + Sync + 'static,
{
    let values = all.iter().map(|value| PossibleValue::new(name(*value)).help(label(*value)));
    PossibleValuesParser::new(values).try_map(|text| text.parse::<T>())
}
