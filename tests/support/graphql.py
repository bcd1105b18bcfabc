"""A client of the endpoint, as a storefront in a browser is one: JSON, cookies, the CSRF token."""

import json
from typing import Any

from django.middleware.csrf import _get_new_csrf_string
from django.test import Client

from marketplace.accounts.models import User

MEDIA_TYPE = "application/graphql-response+json"


class GraphQL:
    """Sends documents to /graphql/ and returns the parsed answers."""

    def __init__(self, user: User | None = None, *, key: str = "") -> None:
        self.headers = {"Authorization": f"Bearer {key}"} if key else {}
        self.http = Client(enforce_csrf_checks=True)
        self.http.cookies["csrftoken"] = _get_new_csrf_string()
        if user is not None:
            self.http.force_login(user)

    def send(self, document: str, **variables: object) -> Any:
        """Post a document; the raw response."""
        return self.http.post(
            "/graphql/",
            json.dumps({"query": document, "variables": variables}),
            content_type="application/json",
            headers={
                "Accept": MEDIA_TYPE,
                "X-CSRFToken": self.http.cookies["csrftoken"].value,
                **self.headers,
            },
        )

    def ask(self, document: str, **variables: object) -> Any:
        """Post a document; the data of an answer that has no errors."""
        body = self.send(document, **variables).json()
        assert "errors" not in body, body["errors"]
        return body["data"]

    def codes(self, document: str, **variables: object) -> list[str]:
        """Post a document; the codes of the errors of the answer."""
        body = self.send(document, **variables).json()
        return [error["extensions"]["code"] for error in body.get("errors", [])]
