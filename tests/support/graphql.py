"""A client of the endpoint, as a storefront in a browser is one: JSON, forms, cookies, the CSRF token."""

import json
from collections.abc import Sequence
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
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
        """Post a document; the raw response. Bytes in the input travel as files beside it."""
        given = variables.get("input")
        if isinstance(given, dict):
            files = {name: each for name, each in given.items() if isinstance(each, bytes)}
            if files:
                places = [f"input.{name}" for name in files]
                without = {**variables, "input": {**given, **dict.fromkeys(files)}}
                return self.upload(document, *files.values(), places=places, **without)
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

    def upload(
        self, document: str, *files: bytes, places: Sequence[str] = ("input.image",), **variables: object
    ) -> Any:
        """Post a document with files for these places of its variables, which hold null; the raw response."""
        names = [str(number) for number in range(len(files))]
        texts = {
            "operations": {"query": document, "variables": variables},
            "map": {name: [f"variables.{place}"] for name, place in zip(names, places, strict=True)},
        }
        return self.http.post(
            "/graphql/",
            {
                **{name: json.dumps(text) for name, text in texts.items()},
                **{name: SimpleUploadedFile("a", file) for name, file in zip(names, files, strict=True)},
            },
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
