//! The protocol's side: who this server is, which tools it has, and which one is called.

use rmcp::{
    ErrorData, RoleServer, ServerHandler,
    model::{
        CallToolRequestParams, CallToolResponse, Implementation, ListToolsResult,
        PaginatedRequestParams, ServerCapabilities, ServerConfig, Tool,
    },
    service::RequestContext,
};

use super::{
    arguments::Arguments, article, fault_types, reply::refusal, search, source::Source, tools,
};

/// Answers one client.
#[derive(Clone)]
pub(super) struct Server {
    pub(super) source: Source,
}

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        let version = env!("CARGO_PKG_VERSION");
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
            .with_server_info(Implementation::new("jiuji", version).with_title("救急"))
            .with_instructions(tools::INSTRUCTIONS)
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(ListToolsResult::with_all_items(tools::all()))
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        tools::all().into_iter().find(|tool| tool.name == name)
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let (source, arguments) = (&self.source, Arguments::new(request.arguments));
        let reply = match request.name.as_ref() {
            tools::SEARCH => search::call(source, arguments).await,
            tools::GET_ARTICLE => article::call(source, arguments).await,
            tools::LIST_FAULT_TYPES => fault_types::call(source, arguments).await,
            // Not repeated: what a client made up must not come back as words of this server.
            _ => {
                return Err(ErrorData::invalid_params("没有这个工具，有哪些见 tools/list。", None));
            }
        };
        match reply {
            Ok(reply) => Ok(reply.into()),
            Err(problem) => refusal(&problem),
        }
    }
}
