"""Sign-in with an OpenID Connect provider: who a person is comes from its claims, mapped to an account by ``oidc.yaml``."""

from api.auth.oidc.service import ProviderSignIn, Started
from api.auth.oidc.settings import OidcSettings, read_oidc_settings

__all__ = ["OidcSettings", "ProviderSignIn", "Started", "read_oidc_settings"]
