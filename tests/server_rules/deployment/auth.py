"""The auth handler of LangGraph's documentation: rows belong to whoever made them (S26)."""

from typing import Any

from langgraph_sdk import Auth

auth = Auth()
USERS = {"key-of-alice": "alice", "key-of-bob": "bob"}


@auth.authenticate
async def authenticate(headers: dict[bytes, bytes]) -> str:
    user = USERS.get(headers.get(b"x-api-key", b"").decode())
    if user is None:
        raise Auth.exceptions.HTTPException(status_code=401, detail="Missing or bad key")
    return user


@auth.on
async def own(ctx: Auth.types.AuthContext, value: dict[str, Any]) -> dict[str, str]:
    value.setdefault("metadata", {})["owner"] = ctx.user.identity
    return {"owner": ctx.user.identity}
