"""One spelling for every e-mail address."""

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

from marketplace.kernel.errors import InvalidInput

MAX_LENGTH = 254

# Without Django's exception for `localhost`: nobody's mailbox is on our own machine.
_validate = EmailValidator(allowlist=[])


def normalized(email: str, *, field: str = "email") -> str:
    """The address in lower case and ASCII (an international domain in its `xn--` form).

    Two spellings that reach one mailbox must not make two accounts, and two that merely look alike must not
    make one: a local part beyond ASCII is refused, since no two systems agree on its case. So are quoted
    local parts and bare IP addresses, which no person has and attackers like.
    Raises InvalidInput naming `field`.
    """
    local, _, domain = email.strip().rpartition("@")
    try:
        address = f"{local}@{domain.encode('idna').decode('ascii')}".lower()
        _validate(address)
    except (UnicodeError, ValidationError) as fault:
        raise InvalidInput(reason="This is not an e-mail address.", field=field) from fault
    if not local.isascii() or '"' in local or domain.startswith("[") or len(address) > MAX_LENGTH:
        raise InvalidInput(reason="This e-mail address cannot be used.", field=field)
    return address
