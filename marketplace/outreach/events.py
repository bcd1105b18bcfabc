"""What outreach says happened: frozen facts of ids."""

from dataclasses import dataclass


@dataclass(frozen=True)
class MailPosted:
    """A mail is to leave; it is written when it does."""

    mail_id: int
