"""How a provider does not do what was asked."""


class ProviderError(Exception):
    """The provider did not do what was asked."""


class ProviderUnavailable(ProviderError):  # noqa: N818  # what it is
    """No answer, or none that tells: the call may have had its effect. Send it again with the same key."""


class ProviderRefused(ProviderError):  # noqa: N818  # what it did
    """The provider will not do this, now or later; `code` says why. It answers the same to the same key."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class Misconfigured(ProviderUnavailable):
    """The provider does not know us, or our key may not do this: somebody has to mend a setting first."""


class UntrustedEvent(ProviderError):  # noqa: N818  # what it is
    """A webhook that is not from the provider, too old, or of another mode."""
