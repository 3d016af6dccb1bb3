"""What the schemas of /openapi.json cannot say, for Schemathesis."""

import schemathesis

# Deepest hit of a search: offset and limit together.
MAX_DEPTH = 1000
DEFAULT_LIMIT = 10


def is_too_deep(query):
    """Whether offset and limit are each allowed, but too large together."""
    try:
        offset, limit = int(query.get("offset", 0)), int(query.get("limit", DEFAULT_LIMIT))
    except (TypeError, ValueError):
        return False
    return 0 <= offset < MAX_DEPTH and 1 <= limit <= 50 and offset + limit > MAX_DEPTH


@schemathesis.hook
def before_call(context, case, kwargs):
    """The protocol asks for both; OpenAPI cannot describe this header."""
    if case.operation.path == "/mcp":
        case.headers = {**(case.headers or {}), "Accept": "application/json, text/event-stream"}


@schemathesis.hook
def filter_case(context, case):
    return case.operation.path != "/api/v1/search" or not is_too_deep(case.query or {})
