"""What happened to an account. Reactions stand in marketplace/subscriptions.py."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class UserSignedUp:
    """An account was made; its address is unverified."""

    user_id: int


@dataclass(frozen=True, kw_only=True)
class SignUpRepeated:
    """Somebody signed up with the address of this account, which stays as it is."""

    user_id: int


@dataclass(frozen=True, kw_only=True)
class VerificationRequested:
    """Somebody who knows the password came before the address was verified."""

    user_id: int


@dataclass(frozen=True, kw_only=True)
class EmailVerified:
    """The user has shown that the address is theirs."""

    user_id: int


@dataclass(frozen=True, kw_only=True)
class PasswordResetRequested:
    """Somebody asked to reset the password of this address, whether it has an account or not.

    It carries the address, not a key: looking for the account here would tell by the time it takes whether
    there is one.
    """

    email: str


@dataclass(frozen=True, kw_only=True)
class PasswordReset:
    """The user chose a new password by a mailed key; every session of theirs has ended."""

    user_id: int


@dataclass(frozen=True, kw_only=True)
class PasswordChanged:
    """The user, signed in, chose another password; every other session of theirs has ended."""

    user_id: int


@dataclass(frozen=True, kw_only=True)
class EmailChangeRequested:
    """The user wants another address. It carries the address as it was typed, whether it is free or not."""

    user_id: int
    email: str


@dataclass(frozen=True, kw_only=True)
class EmailChanged:
    """The user has shown that the new address is theirs, and signs in by it from now on."""

    user_id: int
    old_email: str


@dataclass(frozen=True, kw_only=True)
class SecondFactorAdded:
    """The user set up another second factor."""

    user_id: int


@dataclass(frozen=True, kw_only=True)
class SecondFactorRemoved:
    """A second factor of the user is gone: by their own hand, or reset because it was lost."""

    user_id: int


@dataclass(frozen=True, kw_only=True)
class RecoveryCodesReset:
    """The user has other recovery codes; those before are void."""

    user_id: int


@dataclass(frozen=True, kw_only=True)
class DataExportRequested:
    """The user wants all that is kept about them."""

    user_id: int


@dataclass(frozen=True, kw_only=True)
class AccountDeleted:
    """The user has deleted the account. It carries the address, which is kept nowhere else."""

    user_id: int
    email: str
