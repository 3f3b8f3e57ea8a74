"""The evaluation that a hub editor writes in the journey, and how its form is filled."""

from __future__ import annotations

from playwright.sync_api import Page

TITLE = "Evening phone line for schools after a threat: fewer fights within a week"
SUMMARY = "Schools that rang one number after a threat saw fewer fights. Synthetic figures."
# A word that no demo page has, so that the search finds this page or nothing.
RARE_WORD = "fernhollow"

LINES = {
    "title": TITLE,
    "summary": SUMMARY,
    "question": f"Does the {RARE_WORD} evening line lead to fewer fights within seven days?",
    "key_finding": "Fewer fights followed where the school rang the same evening.",
    "design": "Schools took turns in joining, in an order drawn by lot",
    "sites": "Twelve schools of one borough",
    "period": "30 weeks",
    "outcome_measure": "Fights on school days within seven days of a threat",
    "owner_role": "Hub evaluation lead",
    "effect_text": "Schools joined by lot; the groups were alike.",
}
CHOICES = {"sms_level": "4", "effect": "reduced", "effect_rating": "3", "marking": "1"}
TEXTS = {
    ("content", "harms_found"): "None found. Three parents disliked being rung at night.",
    ("content", "limitations"): "One borough, and fights are few.",
    ("evidence", "equality_result"): "Measured by school, not by group.",
    ("evidence", "not_told"): "Whether it works in the holidays.",
}
ESTIMATE = {
    "label": "Fights in seven days",
    "measure": "Rate ratio",
    "estimate": "0.8",
    "low": "0.66",
    "high": "0.97",
    "count": "412",
}


def open_tab(page: Page, name: str) -> None:
    """Show one tab of the editor."""
    page.get_by_role("tab", name=name).click()


def choose_action(page: Page, name: str) -> None:
    """Press one of the editor's buttons that lie behind the first."""
    actions = page.get_by_role("navigation", name="Actions (footer)")
    actions.get_by_role("button", name="More actions").click()
    actions.get_by_role("button", name=name).click()


def fill_in(page: Page) -> None:
    """Everything the form requires but the audience, and one figure."""
    for tab, prefix in (
        ("Content", "content"),
        ("Access and marking", "access_and_marking"),
        ("Evidence", "evidence"),
        ("Review and ownership", "review_and_ownership"),
    ):
        open_tab(page, tab)
        panel = page.locator(f"#tab-{prefix}")
        for name, value in LINES.items():
            if (control := panel.locator(f"[name={name}]")).count():
                control.fill(value)
        for name, value in CHOICES.items():
            if (control := panel.locator(f"select[name={name}]")).count():
                control.select_option(value)
        for (place, name), value in TEXTS.items():
            if place == prefix:
                editor = f"#panel-child-{place}-{name}-section [contenteditable=true]"
                page.locator(editor).click()
                page.keyboard.insert_text(value)
    _add_estimate(page)


def _add_estimate(page: Page) -> None:
    open_tab(page, "Evidence")
    section = page.locator("#panel-child-evidence-estimates-section")
    section.get_by_role("button", name="Insert a block").first.click()
    for name, value in ESTIMATE.items():
        section.locator(f"[name=estimates-0-value-{name}]").fill(value)
    page.locator("[name=synthetic]").check()
