"""The shop: the list of products, a product, and the cart."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from marketplace.web.pages import Problem, act, found, page, read, redirect, show, whole_number

PAGE: Final = 24
SORTS: Final[Mapping[str, str]] = {
    "NEWEST": "Newest first",
    "PRICE_ASC": "Price, low to high",
    "PRICE_DESC": "Price, high to low",
    "TITLE": "Name",
    "RATING": "Best rated",
    "BEST_SELLING": "Best selling",
}
# What a buyer may ask of each unit; the same variant with another note is a line of its own.
NOTE: Final = "Note"


@page
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The list under a choice of what the visitor may like."""
    return _products(request, is_home=not request.GET)


@page
@require_safe
def products(request: HttpRequest) -> HttpResponse:
    """The list: what fits the words and the choices."""
    return _products(request, is_home=False)


@page
@require_safe
def product(request: HttpRequest, slug: str) -> HttpResponse:
    """What can be known and chosen of a product; from a slug that it has borne, its present address."""
    return _product(request, slug)


@page
@require_POST
def add(request: HttpRequest, slug: str) -> HttpResponse:
    """Put a variant of the product in the cart, and show the product again."""
    note = request.POST.get("note", "")
    _, problem = act(
        request,
        "add_to_cart",
        variant=request.POST.get("variant", ""),
        quantity=whole_number(request.POST.get("quantity", "1"), field="quantity"),
        characteristics=[{"name": NOTE, "value": note}] if note else [],
    )
    if problem is not None:
        return _product(request, slug, problem)
    messages.success(request, "It is in your cart.", extra_tags="cart")
    return redirect(reverse("web:product", args=[slug]))


@page
@require_safe
def cart(request: HttpRequest) -> HttpResponse:
    """What has been gathered."""
    return _cart(request)


@page
@require_POST
def change(request: HttpRequest) -> HttpResponse:
    """Change how many units a line holds, or take it out."""
    line = request.POST.get("line", "")
    if "remove" in request.POST:
        _, problem = act(request, "remove_cart_line", line=line)
    else:
        quantity = whole_number(request.POST.get("quantity", ""), field="quantity")
        _, problem = act(request, "update_cart_line", line=line, quantity=quantity)
    if problem is not None and problem.code != "NOT_FOUND":  # gone by another tab: the cart shows it
        return _cart(request, problem)
    return redirect(reverse("web:cart"))


@page
@require_POST
def coupon(request: HttpRequest) -> HttpResponse:
    """Put a code on the cart, or take it off."""
    verb = "remove_coupon" if "remove" in request.POST else "apply_coupon"
    _, problem = act(request, verb, code=request.POST.get("code", ""))
    if (
        problem is not None and problem.code != "NOT_FOUND"
    ):  # no cart, or no such code on it: the cart shows it
        return _cart(request, problem)
    return redirect(reverse("web:cart"))


def _products(request: HttpRequest, *, is_home: bool) -> HttpResponse:
    asked = request.GET
    chosen = {name: asked.get(name, "") for name in ("q", "category", "vendor", "stock", "sort")}
    data = read(
        request,
        "products",
        filter={
            "text": chosen["q"],
            "categories": [chosen["category"]] if chosen["category"] else [],
            "vendors": [chosen["vendor"]] if chosen["vendor"] else [],
            "inStock": bool(chosen["stock"]),
        },
        sortBy=chosen["sort"] if chosen["sort"] in SORTS else None,
        isHome=is_home,
        **_part(asked.get("after"), asked.get("before")),
    )
    return show(
        request,
        "products",
        data=data,
        chosen=chosen,
        sorts=SORTS,
        is_home=is_home,
        liked=_liked(data),
        is_chosen=any(chosen.values()),
        query=urlencode({name: value for name, value in chosen.items() if value}),
    )


def _liked(data: dict[str, Any]) -> list[dict[str, Any]]:
    """What the visitor may like, unless it is what the list begins with: of who is new nothing is known."""
    liked = data.get("recommendedProducts", {}).get("edges", [])
    newest = data["products"]["edges"]
    return [] if liked == newest[: len(liked)] else liked


def _part(after: str | None, before: str | None) -> dict[str, object]:
    """Which part of the list: behind a place, ahead of one, or the first."""
    return {"last": PAGE, "before": before} if before else {"first": PAGE, "after": after or None}


def _product(request: HttpRequest, slug: str, problem: Problem | None = None) -> HttpResponse:
    data = read(request, "product", slug=slug)
    shown = found(data["product"])
    if problem is None and shown["slug"] != slug:
        return HttpResponsePermanentRedirect(reverse("web:product", args=[shown["slug"]]))
    variants = [edge["node"] for edge in shown["variants"]["edges"]]
    return show(
        request, "product", data=data, variants=variants, problem=problem, chosen=_chosen(request, shown)
    )


def _chosen(request: HttpRequest, shown: dict[str, Any]) -> str:
    default = (shown["defaultVariant"] or {}).get("id", "")
    return str(request.POST.get("variant", default))


def _cart(request: HttpRequest, problem: Problem | None = None) -> HttpResponse:
    data = read(request, "cart")
    warnings: dict[str, list[str]] = {}
    for warning in (data["cart"] or {}).get("warnings", []):
        # One that concerns no line is about a code.
        about = warning["line"]["id"] if warning["line"] else "cart"
        warnings.setdefault(about, []).append(warning["message"])
    return show(request, "cart", data=data, warnings=warnings, problem=problem)
