"""Going through a page with the keyboard alone, and looking at each stop."""

from __future__ import annotations

from playwright.sync_api import Locator, Page

STOPS = 150

# What a sighted keyboard user needs of the element that has the focus: it is on the screen, not
# wholly under something that sticks to an edge, and it looks different from its neighbours.
_LOOK = """
(target) => {
  const element = document.activeElement;
  if (!element || element === document.body) return [[], false];
  const looks = [element, ...(element.labels ?? [])];
  const isMarked = looks.some((one) =>
    [null, "::before"].some((part) => {
      const style = getComputedStyle(one, part);
      const hasOutline = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0
        && style.outlineColor !== "rgba(0, 0, 0, 0)";
      return hasOutline || style.boxShadow !== "none"
        || style.backgroundColor === "rgb(255, 221, 0)";
    }));
  const box = element.getBoundingClientRect();
  const spots = [0.1, 0.5, 0.9].flatMap((x) =>
    [0.1, 0.5, 0.9].map((y) => [box.left + box.width * x, box.top + box.height * y]));
  const isSeen = spots.some(([x, y]) => {
    const top = document.elementFromPoint(x, y);
    return top && looks.some((one) => one.contains(top) || top.contains(one)
      && top !== document.body && top !== document.documentElement);
  });
  const name = element.outerHTML.slice(0, 120);
  const faults = [
    ...(isMarked ? [] : [`focus does not show: ${name}`]),
    ...(isSeen ? [] : [`focus is covered or off the screen: ${name}`]),
  ];
  return [faults, element === target];
}
"""


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until the focus is on the target; each stop on the way must show."""
    element = target.element_handle()
    for _ in range(STOPS):
        page.keyboard.press("Tab")
        faults, is_there = page.evaluate(_LOOK, element)
        assert not faults, faults
        if is_there:
            return
    raise AssertionError(f"{STOPS} stops, and the focus never reached {target}")
