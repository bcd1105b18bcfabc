"""What the templates of the shop need beyond Django's own."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from django import template

from marketplace.web.countries import NAMES

register = template.Library()

SIGNS: Final[Mapping[str, str]] = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥"}
NARROW_SPACE: Final = "\u202f"
MINUS: Final = "\u2212"

# Name, label, what browsers call it, whether every address has it, and how long it may be.
ADDRESS_INPUTS: Final = (
    ("name", "Name", "name", True, 150),
    ("line1", "Street and number", "address-line1", True, 200),
    ("line2", "Floor, company, care of …", "address-line2", False, 200),
    ("postalCode", "Postal code", "postal-code", False, 20),
    ("city", "City", "address-level2", True, 100),
    ("state", "State or province", "address-level1", False, 100),
)


@register.filter
def money(amount: Mapping[str, str]) -> str:
    """An amount for people: €1,234.50, or CHF 1,234.50 where the currency has no sign of its own."""
    value, currency = Decimal(amount["amount"]), amount["currency"]
    sign = SIGNS.get(currency, f"{currency}{NARROW_SPACE}")
    return f"{MINUS if value < 0 else ''}{sign}{abs(value):,}"


@register.filter
def is_some(amount: Mapping[str, str]) -> bool:
    """Whether an amount is more, or less, than nothing."""
    return Decimal(amount["amount"]) != 0


@register.filter
def of(values: Mapping[str, Any], name: str) -> Any:
    """What a mapping holds under a name, or nothing."""
    return values.get(name, "")


@register.filter
def country(code: str) -> str:
    """The name of a country."""
    return NAMES.get(code, code)


@register.filter
def srcset(image: Mapping[str, Any]) -> str:
    """The sizes a picture is kept in, for the browser to choose of."""
    return ", ".join(f"{each['url']} {each['width']}w" for each in image["renditions"])


@register.inclusion_tag("web/address_fields.html", takes_context=True)
def address_fields(
    context: Mapping[str, Any], kind: str, purpose: str, *, required: bool = True
) -> dict[str, Any]:
    """The inputs of a new address; `kind` is the name of the input they belong to.

    Args:
        purpose: what browsers know the address by, `shipping` or `billing`.
        required: whether the browser asks for the parts that no address lacks.
    """
    fields = [
        field(
            context,
            f"{kind}.{name}",
            label,
            autocomplete=f"{purpose} {token}",
            required=required and is_needed,
            maxlength=longest,
        )
        for name, label, token, is_needed, longest in ADDRESS_INPUTS
    ]
    country_field = field(context, f"{kind}.country", "Country", required=required)
    return {"fields": fields, "country": country_field, "countries": NAMES, "purpose": purpose}


@register.inclusion_tag("web/field.html", takes_context=True)
def field(context: Mapping[str, Any], name: str, label: str, **options: Any) -> dict[str, Any]:
    """A labelled input with what was typed before, and with the problem where that names it."""
    problem, form = context.get("problem"), context.get("form") or {}
    return {
        "name": name,
        "label": label,
        "value": form.get(name, options.pop("value", "")),
        "problem": problem if problem and problem.field == name else None,
        "type": options.pop("type", "text"),
        "hint": options.pop("hint", ""),
        "is_required": options.pop("required", True),
        "attributes": options,
    }
