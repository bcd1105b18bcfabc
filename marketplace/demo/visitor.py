"""A browser, as far as the steps of a check need one."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from marketplace.demo.loading import LOGINS

LOG_IN = """
mutation Check($input: LogInInput!) {
  logIn(input: $input) { __typename ... on Error { message } ... on LogInSuccess { csrfToken } }
}
"""
SECOND_STEP = """
mutation Check($input: ConfirmSecondFactorInput!) {
  confirmSecondFactor(input: $input) {
    __typename ... on Error { message } ... on ConfirmSecondFactorSuccess { csrfToken }
  }
}
"""
TOKEN = "query Check { csrfToken }"  # noqa: S105  # a document


class Failed(Exception):  # noqa: N818  # the outcome of a step
    """A step did not answer as it should; the message says what it answered."""


@dataclass
class Visitor:
    """Cookies, and what one step found for the next."""

    http: httpx.Client
    mail: Path
    token: str = ""
    slug: str = ""
    picture: str = ""
    found: dict[str, Any] = field(default_factory=dict)

    def ask(self, document: str, **variables: object) -> Any:
        """The `data` of a GraphQL answer. Raises Failed for an answer with errors."""
        headers = {"X-CSRFToken": self.token} if self.token else {}
        body = {"query": document, "variables": variables}
        answer = self.http.post("/graphql/", json=body, headers=headers).json()
        expect("errors" not in answer, f"errors: {answer.get('errors')}")
        return answer["data"]

    def do(self, document: str, success: str, **given: object) -> Any:
        """The outcome of a document's one mutation. Raises Failed for another type than `success`."""
        (outcome,) = self.ask(document, input=given).values()
        expect(outcome["__typename"] == success, f"{outcome}")
        return outcome

    def sign_in(self, email: str) -> None:
        """Sign in with the demo's password; takes a token first: with a session it is too late."""
        self.token = self.give_password(email, "LogInSuccess")["csrfToken"]

    def give_password(self, email: str, outcome: str) -> Any:
        """Log in with the demo's password, and expect this outcome."""
        self.token = self.token or self.ask(TOKEN)["csrfToken"]
        return self.do(LOG_IN, outcome, email=email, password=LOGINS["password"])

    def give_code(self, code: str) -> None:
        """The second step."""
        self.token = self.do(SECOND_STEP, "ConfirmSecondFactorSuccess", code=code)["csrfToken"]


def expect(truth: object, otherwise: str) -> None:
    if not truth:
        raise Failed(otherwise)
