//! From what a tool found, or could not do, to what the protocol sends.

use rmcp::{
    ErrorData,
    model::{CallToolResponse, CallToolResult, ContentBlock, ErrorCode},
};
use serde_json::{Value, json};

use crate::web::problem::Problem;

/// Code of an error that passes by itself. Source: JSON-RPC 2.0, section 5.1, the range that is
/// left to servers.
const TRY_AGAIN: ErrorCode = ErrorCode(-32000);

/// What a tool found: the same as text for a model and as JSON for a program.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) text: String,
    pub(super) data: Value,
}

impl From<Reply> for CallToolResponse {
    fn from(reply: Reply) -> Self {
        let mut result = CallToolResult::success(vec![ContentBlock::text(reply.text)]);
        result.structured_content = Some(reply.data);
        result.into()
    }
}

/// What cannot be done with these arguments is a result that the model reads and mends; what
/// fails on our side, or only now, is an error of the protocol.
///
/// # Errors
/// The error of the protocol.
pub(super) fn refusal(problem: &Problem) -> Result<CallToolResponse, ErrorData> {
    let data = json!({
        "code": problem.name(),
        "parameter": problem.parameter_name(),
        "nearest": problem.nearest(),
        "retry_after_s": problem.retry_after_s(),
    });
    if !problem.status().is_server_error() {
        let mut result = CallToolResult::error(vec![ContentBlock::text(words(problem))]);
        result.structured_content = Some(data);
        return Ok(result.into());
    }
    problem.log();
    let code = match problem.retry_after_s() {
        Some(_) => TRY_AGAIN,
        None => ErrorCode::INTERNAL_ERROR,
    };
    Err(ErrorData::new(code, problem.detail().to_owned(), Some(data)))
}

fn words(problem: &Problem) -> String {
    match problem.nearest() {
        [] => problem.detail().to_owned(),
        ids => format!("{}最接近的编号：{}", problem.detail(), ids.join("、")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::problem::Code;

    #[test]
    fn a_wrong_argument_is_a_result_that_says_what_is_right() {
        let problem = Problem::no_article(vec!["a".into(), "b".into()]);
        let CallToolResponse::Complete(result) = refusal(&problem).unwrap() else { panic!() };
        assert_eq!(result.is_error, Some(true));
        let text = result.content[0].as_text().unwrap().text.clone();
        assert_eq!(text, "知识库里没有这个编号的文章。最接近的编号：a、b");
        let data = result.structured_content.unwrap();
        assert_eq!(
            (&data["code"], &data["nearest"][1]),
            (&json!("article_not_found"), &json!("b"))
        );
    }

    #[test]
    fn what_passes_and_what_does_not_are_told_apart() {
        let busy = Problem::new(Code::Busy, "忙").retry_after(3);
        let error = refusal(&busy).unwrap_err();
        assert_eq!(
            (error.code, error.data.unwrap()["retry_after_s"].clone()),
            (TRY_AGAIN, 3.into())
        );
        let broken = refusal(&Problem::internal("gen-1: bad magic")).unwrap_err();
        assert_eq!(broken.code, ErrorCode::INTERNAL_ERROR);
        assert!(!format!("{broken:?}").contains("gen-1"), "{broken:?}");
    }
}
