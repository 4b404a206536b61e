"""The dashboard of docs/dashboard.md, as it stands there."""

from scripts.recipes import recipes

PAGE = "dashboard.md"
(DASHBOARD,) = recipes(PAGE, "The view")
(VIEW,) = DASHBOARD["views"]
CARDS = [card for section in VIEW["sections"] for card in section["cards"]]
TEMPLATES = [card["content"] for card in CARDS if card["type"] == "markdown"]
