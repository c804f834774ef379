"""``oidc.yaml`` of a workspace: which provider is trusted, and which of its claims mean what. No file: no provider.

```yaml
issuer: https://id.northshire.example/realms/staff     # exactly as the provider writes it
client_id: ocb-graph
public_url: https://graph.northshire.example           # where browsers reach this server
audience: https://graph.northshire.example/v1          # of access tokens sent by scripts; left out: none are taken
local_accounts: false                                  # passwords and tokens of local accounts beside the provider
claims: {name: preferred_username, organisation: force, clearance: clearance, roles: groups, compartments: compartments}
values:
  roles: {graph-readers: reader, graph-loaders: loader}
```

``claims`` names the claim of each field; dots go into nested ones (``realm_access.roles``). ``values`` translates what a
claim says; without a translation the words of the platform itself are expected. What is missing or unknown denies.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from api.auth.errors import OidcSettingsError

FILE = "oidc.yaml"
SECRET = "OCB_OIDC_CLIENT_SECRET"  # noqa: S105  (the name of the variable)
CALLBACK = "/v1/session/callback"
FIELDS = frozenset(
    {
        "name", "organisation", "clearance", "roles", "compartments", "team", "operations",
        "law_enforcement", "may_read_conditional",
    }
)  # fmt: skip
NEEDED = frozenset({"name", "organisation", "clearance", "roles"})
Algorithm = Literal[
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519"
]
Url = Annotated[str, StringConstraints(pattern=r"^https?://[^\s?#@]+$", max_length=500)]
Word = Annotated[str, StringConstraints(min_length=1, max_length=200)]
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class OidcSettings(BaseModel):
    """One provider. Symmetric algorithms and ``none`` cannot be named: the provider's key is public."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    issuer: Url
    client_id: Word
    public_url: Url
    label: Word = "your organisation"
    audience: Word | None = None
    token_types: tuple[Word, ...] = ("at+jwt", "application/at+jwt")
    scopes: tuple[Word, ...] = ("openid", "profile")
    algorithms: tuple[Algorithm, ...] = Field(("RS256", "PS256", "ES256", "Ed25519"), min_length=1)
    client_auth: Literal["client_secret_basic", "client_secret_post", "none"] = "client_secret_basic"
    hosts: tuple[Word, ...] = ()
    ca_file: Path | None = None
    acr_values: tuple[Word, ...] = ()
    leeway_s: int = Field(30, ge=0, le=120)
    keys_for_s: int = Field(300, ge=10, le=86_400)
    timeout_s: float = Field(5.0, gt=0, le=30)
    local_accounts: bool = False
    claims: Mapping[str, Word]
    values: Mapping[str, Mapping[str, str]] = Field(default_factory=dict[str, Mapping[str, str]])

    @model_validator(mode="after")
    def _sound(self) -> Self:
        for name, url in (("issuer", self.issuer), ("public_url", self.public_url)):
            if not allowed_scheme(url):
                raise ValueError(f"{name} is neither https nor on loopback")
        if missing := sorted(NEEDED - set(self.claims)):
            raise ValueError(f"claims name nothing for {', '.join(missing)}")
        if unknown := sorted((set(self.claims) | set(self.values)) - FIELDS):
            raise ValueError(f"claims and values know no field {', '.join(unknown)}")
        if self.audience == self.client_id:
            raise ValueError("audience is the client_id: an ID token would then pass for an access token")
        if "openid" not in self.scopes:
            raise ValueError("scopes lack openid")
        return self

    @property
    def redirect_uri(self) -> str:
        """Where the provider sends the browser back to; never taken from a request."""
        return self.public_url.rstrip("/") + CALLBACK

    @property
    def outgoing_hosts(self) -> frozenset[str]:
        """The only hosts that are ever called."""
        return frozenset({urlsplit(self.issuer).netloc.lower(), *(host.lower() for host in self.hosts)})


@dataclass(frozen=True, slots=True)
class OidcSetup:
    """The settings and the client's secret ("" for a public client), which never stands in the file."""

    settings: OidcSettings
    secret: str = field(default="", repr=False)


def allowed_scheme(url: str) -> bool:
    """https, or http where it never leaves this machine."""
    parts = urlsplit(url)
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    )


def read_oidc_settings(folder: Path) -> OidcSetup | None:
    """The provider of a workspace; None where it has no ``oidc.yaml``.

    Raises:
        OidcSettingsError: the file cannot be read, holds something unknown, or the client's secret is missing. There is
            no server then, rather than one that lets people in another way.
    """
    path = folder / FILE
    if not path.exists():
        return None
    try:
        settings = OidcSettings.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")) or {})
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise OidcSettingsError(
            f"{path} cannot be read as YAML ({type(error).__name__}): correct it or remove it"
        ) from error
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(map(str, one['loc'])) or 'the file'}: {one['msg']}" for one in error.errors()
        )
        raise OidcSettingsError(f"{path}: {faults}. Correct the file, then try again.") from error
    secret = os.environ.get(SECRET, "")
    if settings.client_auth != "none" and not secret:
        raise OidcSettingsError(f"{path}: client_auth is {settings.client_auth}, so set {SECRET}")
    return OidcSetup(settings, secret)
