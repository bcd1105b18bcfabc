"""The checkout: contact, addresses, shipping, order, payment, and the page of the order.

What the cart already knows decides which step comes next. Cards go from the buyer's browser to the payment
provider; nothing here sees one.
"""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from marketplace.web.pages import Problem, act, found, page, read, redirect, show

CONTACT: Final = "contact"
ADDRESSES: Final = "addresses"
SHIPPING: Final = "shipping"
REVIEW: Final = "review"
STEPS: Final = (CONTACT, ADDRESSES, SHIPPING, REVIEW)

ADDRESS: Final = ("name", "line1", "line2", "city", "state", "postalCode", "country")
# What providers say of a card, in the buyer's words: why the bank did not pay, and why none was asked.
DECLINES: Final[Mapping[str, str]] = {
    "insufficient_funds": "There is not enough money on this card. Try another one.",
    "expired_card": "This card has expired. Try another one.",
    "incorrect_cvc": "The security code is wrong. Check it, or try another card.",
    "authentication_failed": "The bank could not make sure that it is you. Try again, or take another card.",
}
DECLINED: Final = "The bank declined this card. Try another one."
UNUSABLE: Final[Mapping[str, tuple[str, str]]] = {
    "test_cards_only": ("number", "Only the test cards below are taken here, never a real one."),
    "invalid_expiry_month": ("expiry", "Write the date as on the card, such as 12/30."),
    "invalid_expiry_year": ("expiry", "This date is past."),
    "invalid_cvc": ("cvc", "The code has 3 or 4 digits."),
    "rate_limited": ("number", "That were too many cards in a minute. Wait for one, and try again."),
}


@page
@require_safe
def checkout(request: HttpRequest) -> HttpResponse:
    """The next step; `?step=` goes back to one."""
    return _checkout(request, asked=request.GET.get("step", ""))


@page
@require_POST
def contact(request: HttpRequest) -> HttpResponse:
    """Say where the mail goes."""
    _, problem = act(request, "set_checkout_contact", email=request.POST.get("email") or None)
    return _checkout(request, asked=CONTACT, problem=problem) if problem else _onward()


@page
@require_POST
def addresses(request: HttpRequest) -> HttpResponse:
    """Say where the goods and the bill go."""
    is_one = "same" in request.POST
    _, problem = act(
        request,
        "set_checkout_addresses",
        shippingAddress=_address(request, "shippingAddress"),
        billingAddress=None if is_one else _address(request, "billingAddress"),
    )
    return _checkout(request, asked=ADDRESSES, problem=problem) if problem else _onward()


@page
@require_POST
def shipping(request: HttpRequest) -> HttpResponse:
    """Choose how each vendor ships: the same mutation for one after the other."""
    for vendor, option in request.POST.items():
        if vendor == "csrfmiddlewaretoken":
            continue
        _, problem = act(request, "select_shipping", vendor=vendor, option=option)
        if problem is not None:
            return _checkout(request, asked=SHIPPING, problem=problem)
    return _onward()


@page
@require_POST
def order(request: HttpRequest) -> HttpResponse:
    """Order at the total the buyer has seen, and go to pay."""
    result, problem = act(request, "place_order", expectedTotal=request.POST.get("expectedTotal") or None)
    if problem is not None:
        return _checkout(request, asked=REVIEW, problem=problem)
    return redirect(_address_of("web:payment", result["order"]["number"], result["token"]))


@page
@require_safe
def payment(request: HttpRequest, number: str) -> HttpResponse:
    """Where the buyer's browser takes the card to the provider, as often as it needs."""
    token = request.GET.get("token")
    data = read(request, "payment", number=number, token=token)
    shown = found(data["order"])
    if shown["status"] != "PENDING":
        return redirect(_address_of("web:order", number, token))
    back = _address_of("web:return", number, token)
    return show(request, "payment", data=data, back=back, problem=_card_problem(request, shown["payment"]))


@page
@require_safe
def come_back(request: HttpRequest, number: str) -> HttpResponse:
    """Where the provider sends the buyer: what has come of the payment is asked of the provider.

    Reached by GET and safe to reach again: nothing of the address is believed.
    """
    token = request.GET.get("token")
    result, problem = act(request, "confirm_payment", number=number, token=token)
    if problem is not None and problem.code == "NOT_FOUND":
        raise Http404
    is_waiting = problem.code == "PAYMENT_DECLINED" if problem else result["order"]["status"] == "PENDING"
    card_error = request.GET.get("card_error", "")
    name = "web:payment" if is_waiting else "web:order"
    return redirect(_address_of(name, number, token, card_error=card_error if is_waiting else ""))


@page
@require_safe
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    """The order: paid, or what else has become of it."""
    token = request.GET.get("token")
    data = read(request, "order", number=number, token=token)
    found(data["order"])
    return show(request, "order", data=data, pay=_address_of("web:payment", number, token))


def _checkout(request: HttpRequest, *, asked: str, problem: Problem | None = None) -> HttpResponse:
    data = read(request, "checkout")
    cart = data["cart"]
    if cart is None or not cart["groups"]:
        return redirect(reverse("web:cart"))
    if problem is not None and problem.code == "NOT_FOUND" and not problem.field:
        return redirect(reverse("web:cart"))
    open_steps = [step for step in STEPS if step not in _done(data)]
    # One may go back to a step, never past the next one.
    may_see = STEPS[: STEPS.index(open_steps[0]) + 1]
    step = asked if asked in may_see else open_steps[0]
    return show(
        request,
        "checkout",
        data=data,
        problem=problem,
        step=step,
        done=_done(data),
        **_address_choices(request, data),
    )


def _address_choices(request: HttpRequest, data: dict[str, Any]) -> dict[str, Any]:
    """The book to choose from, and what is chosen: by the form that comes again, by the cart, or the first.

    A guest has no book to show; what the cart knows already may be kept.
    """
    cart, viewer = data["cart"], data["viewer"]
    known = [cart["shippingAddress"], cart["billingAddress"]]
    book = [edge["node"] for edge in viewer["addresses"]["edges"]] if viewer else []
    book = book or list({each["id"]: each for each in known if each}.values())
    first = book[0]["id"] if book else ""
    shipping_id, billing_id = (each["id"] if each else first for each in known)
    return {
        "book": book,
        "goods_to": request.POST.get("shippingAddress.address", shipping_id),
        "bill_to": request.POST.get("billingAddress.address", billing_id),
        "is_same": "same" in request.POST if request.method == "POST" else shipping_id == billing_id,
    }


def _done(data: dict[str, Any]) -> list[str]:
    """The steps that need nothing more, in order."""
    cart = data["cart"]
    done = []
    if cart["email"] or data["viewer"]:
        done.append(CONTACT)
    if done and cart["shippingAddress"]:
        done.append(ADDRESSES)
    if all(group["selectedShipping"] or not group["shippingOptions"] for group in cart["groups"]):
        done.append(SHIPPING)
    return done


def _address(request: HttpRequest, kind: str) -> dict[str, object]:
    """An entry of the book, or what was typed for a new one."""
    entry = request.POST.get(f"{kind}.address", "")
    if entry:
        return {"address": entry}
    return {"details": {name: request.POST.get(f"{kind}.{name}", "") for name in ADDRESS}}


def _card_problem(request: HttpRequest, paid_by: dict[str, Any] | None) -> Problem | None:
    """Why the last card did not do: it could not be tried, or the bank declined it."""
    unusable = UNUSABLE.get(request.GET.get("card_error", ""))
    if unusable is not None:
        field, message = unusable
        return Problem(field=field, message=message, status=200)
    code = (paid_by or {}).get("declineCode")
    return Problem(message=DECLINES.get(code, DECLINED), code=code, status=200) if code else None


def _onward() -> HttpResponse:
    return redirect(reverse("web:checkout"))


def _address_of(name: str, number: str, token: str | None, **query: str) -> str:
    parameters = {key: value for key, value in {"token": token or "", **query}.items() if value}
    address = reverse(name, args=[number])
    return f"{address}?{urlencode(parameters)}" if parameters else address
