"""reconciler.yaml: what it may say, and every way it may be wrong."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from reconciler.errors import InvalidSource, SettingsError
from reconciler.model.wanted import OnDrift
from reconciler.repo.settings import (
    DEFAULT_KEYS,
    AllowedSecret,
    DeploymentSettings,
    GuardLimits,
    Settings,
    find_settings,
    load_settings,
    read_settings,
)

from .conftest import tell

CASES = sorted((Path(__file__).parent / "bad_settings").glob("*.yaml"))
FULL = """
owner: acme-agents
requires: ">=0.1,<99"
deployments:
  staging:
    url: https://staging.example.com/agents
    api_key_env: STAGING_LANGSMITH_API_KEY
    prune: true
    headers: {Authorization: "Bearer ${RECONCILER_TOKEN}"}
    expect: {project_id: p, tenant_id: t}
    ca_file: ca.pem
    timeout: 10
    allow_http: true
    check: true
  open:
    url: ${RECONCILER_OPEN_URL}
    api_key_env: null
  plain:
    url: http://127.0.0.1:2024
schemas: {research: open}
on_drift: hold
guards: {max_deletes: 1, max_delete_percent: 2.5}
settle: 0.5
try_on: staging
secrets_allowed:
  - key: writer/tweet
    path: context.tools[0].token
    hash: 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
"""


def test_all_fields() -> None:
    """Settings with every field are exactly this value; deployments keep their order."""
    settings, diagnostics = read_settings(FULL.encode())
    assert diagnostics == []
    assert settings == Settings(
        owner="acme-agents",
        requires=">=0.1,<99",
        deployments=(
            DeploymentSettings(
                name="staging",
                url="https://staging.example.com/agents",
                api_key_names=("STAGING_LANGSMITH_API_KEY",),
                key_required=True,
                prune=True,
                headers={"Authorization": "Bearer ${RECONCILER_TOKEN}"},
                expect={"project_id": "p", "tenant_id": "t"},
                ca_file="ca.pem",
                timeout=10,
                allow_http=True,
                check=True,
            ),
            DeploymentSettings(name="open", url="${RECONCILER_OPEN_URL}", api_key_names=()),
            DeploymentSettings(name="plain", url="http://127.0.0.1:2024", api_key_names=DEFAULT_KEYS),
        ),
        open_graphs=frozenset({"research"}),
        on_drift=OnDrift.HOLD,
        guards=GuardLimits(max_deletes=1, max_delete_percent=2.5, max_update_percent=50),
        settle=0.5,
        secrets_allowed=(
            AllowedSecret(key="writer/tweet", path="context.tools[0].token", hash="0123456789abcdef" * 4),
        ),
        try_on="staging",
    )


def test_an_owner_is_enough() -> None:
    """Everything else has a default, and the policy for drift is left unsaid."""
    settings, _ = read_settings(b"owner: acme\n")
    assert settings == Settings(owner="acme")
    assert settings is not None
    assert settings.on_drift is None


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_bad_settings(case: Path) -> None:
    """Each with all that is said about it; no value that may be a credential is repeated."""
    settings, diagnostics = read_settings(case.read_bytes(), version="1.2.3")
    text = tell(diagnostics)
    golden = case.with_suffix(".txt")
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(text, "utf-8")
    assert text == golden.read_text("utf-8")
    assert settings is None
    assert "hunter2" not in text


def test_settings_are_found_upwards(tmp_path: Path) -> None:
    """From any folder of the repository."""
    (tmp_path / "reconciler.yaml").write_text("owner: acme\n")
    inner = tmp_path / "assistants" / "writer"
    inner.mkdir(parents=True)
    assert find_settings(inner) == tmp_path / "reconciler.yaml"
    assert load_settings(find_settings(inner)).owner == "acme"


def test_no_settings_file_says_what_to_do(tmp_path: Path) -> None:
    """Go there, name it, or have a new one made."""
    with pytest.raises(SettingsError, match=r"no reconciler\.yaml") as error:
        find_settings(tmp_path)
    assert str(error.value.hint).endswith("`reconciler init` makes a new one")


def test_a_file_of_nearly_that_name_is_named(tmp_path: Path) -> None:
    """`.yml` is an easy slip."""
    (tmp_path / "reconciler.yml").write_text("owner: acme\n")
    with pytest.raises(SettingsError) as error:
        find_settings(tmp_path)
    assert error.value.hint == "mv reconciler.yml reconciler.yaml"


def test_bad_settings_carry_every_diagnostic(tmp_path: Path) -> None:
    """Loading raises once, with all that is wrong."""
    path = tmp_path / "reconciler.yaml"
    path.write_text("ownr: a\nsettel: 5\n")
    with pytest.raises(InvalidSource) as error:
        load_settings(path)
    assert len(error.value.diagnostics) == 3
