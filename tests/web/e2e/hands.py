"""Two ways to use a page: with a mouse, and with the keyboard alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

MOST_TABS = 250


@dataclass(frozen=True, slots=True)
class Mouse:
    """Points, clicks and types."""

    page: Any

    def press(self, what: Any) -> None:
        """Press a link, a button or a box."""
        what.click()

    def write(self, what: Any, text: str) -> None:
        """Write into a field."""
        what.click()
        what.fill(text)

    def choose(self, what: Any, value: str) -> None:
        """Choose from a list."""
        what.select_option(value)

    def say(self, text: str) -> None:
        """Say something in an encounter."""
        self.write(self.page.locator("#say"), text)
        self.press(self.page.locator("#send"))


@dataclass(frozen=True, slots=True)
class Keyboard:
    """Tab, Enter, space and letters; no pointer, and nothing that a script does for it."""

    page: Any

    def reach(self, what: Any) -> None:
        """Go on with Tab until the focus is there."""
        what.wait_for()
        for _ in range(MOST_TABS):
            if what.evaluate("e => e === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"the keyboard does not reach {what}")

    def press(self, what: Any) -> None:
        """Press a link or button by Enter, a box or summary by space; arrows choose of several."""
        if what.get_attribute("type") == "radio":
            self._arrow(what)
            return
        self.reach(what)
        boxes = "e => e.matches('input[type=checkbox], input[type=radio], summary')"
        self.page.keyboard.press("Space" if what.evaluate(boxes) else "Enter")

    def _arrow(self, what: Any) -> None:
        group = self.page.locator(f"input[name='{what.get_attribute('name')}']")
        checked = group.locator("xpath=self::*[@checked]")
        self.reach(checked if checked.count() else group.first)
        for _ in range(group.count()):
            if what.evaluate("e => e === document.activeElement"):
                self.page.keyboard.press("Space")
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"the arrows do not reach {what}")

    def write(self, what: Any, text: str) -> None:
        """Write into a field, letter by letter; days and times are typed as the browser asks."""
        self.reach(what)
        kind = what.get_attribute("type")
        if kind == "date":
            year, month, day = text.split("-")
            self.page.keyboard.type(f"{month}{day}{year}")
        elif kind == "time":
            hour, minute = map(int, text.split(":"))
            self.page.keyboard.type(f"{hour % 12 or 12:02}{minute:02}{'AP'[hour >= 12]}M")
        else:
            self.page.keyboard.type(text)

    def choose(self, what: Any, value: str) -> None:
        """Choose from a list by its arrows."""
        self.reach(what)
        for _ in range(200):
            if what.input_value() == value:
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{value} is not in the list")

    def say(self, text: str) -> None:
        """Say something in an encounter; Enter sends."""
        self.write(self.page.locator("#say"), text)
        self.page.keyboard.press("Enter")


HANDS = {"mouse": Mouse, "keyboard": Keyboard}
