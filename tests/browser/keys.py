"""A person without a pointer: Tab, arrows, Enter, and letters."""

from dataclasses import dataclass
from typing import Final

from playwright.sync_api import Page

MOST_STOPS: Final = 100
# What has the focus: how it is called, and whether that can be seen.
FOCUSED: Final = """() => {
  const at = document.activeElement
  const words = at.labels?.length ? at.labels[0].innerText : at.innerText
  return {words: words.trim(), ring: getComputedStyle(at).outlineStyle}
}"""


@dataclass(frozen=True, kw_only=True)
class Keys:
    page: Page

    def reach(self, name: str) -> None:
        """Press Tab until what is called so has the focus; every stop on the way shows that it has it."""
        passed: list[str] = []
        while len(passed) < MOST_STOPS:
            self.page.keyboard.press("Tab")
            at = self.page.evaluate(FOCUSED)
            if at["words"].startswith(name):
                assert at["ring"] != "none", f"nothing shows the focus of {name}"
                return
            passed.append(at["words"])
        raise AssertionError(f"Tab does not lead to {name}, but to {passed}")

    def press(self, name: str) -> None:
        """Reach a link or a button and press Enter; waits for the page that follows."""
        self.reach(name)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def type(self, label: str, text: str) -> None:
        """Reach a field and write in it."""
        self.reach(label)
        self.page.keyboard.type(text)
