"""What a mail looks like: text that can be read on what it stands on, light and dark."""

import re
from importlib import resources

import pytest

FRAME = (resources.files("readout.channels.mail") / "templates" / "frame.html.j2").read_text("utf-8")
LIGHT, DARK = FRAME.split("@media (prefers-color-scheme: dark) {")
# WCAG 2.2, success criterion 1.4.3
LEAST = 4.5
# What stands elsewhere than on the card.
ON = {".note": ".note", ".foot": "body", ".foot b": "body", ".stop": "body", "code": "body"}
IN_BOXES = {".label", ".value", ".gone", ".fact", ".side", ".outlet"}


def colours(css: str, what: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for selectors, body in re.findall(r"^\s*([^{}@\n]+)\{([^}]*)\}", css, re.MULTILINE):
        if said := re.search(rf"(?<![-\w]){what}: (#[0-9a-f]{{6}})", body):
            found |= dict.fromkeys((each.strip() for each in selectors.split(",")), said[1])
    return found


def luminance(colour: str) -> float:
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_black_on_white_is_as_far_apart_as_can_be() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("css", [LIGHT, DARK], ids=["light", "dark"])
def test_text_can_be_read_on_what_it_stands_on(css: str) -> None:
    grounds = colours(css, "background")
    for selector, colour in colours(css, "color").items():
        places = [ON.get(selector, ".card"), *([".box"] if selector in IN_BOXES else [])]
        for place in places:
            assert contrast(colour, grounds[place]) >= LEAST, (selector, place)


def test_whatever_has_a_colour_has_one_on_dark_screens() -> None:
    assert set(colours(LIGHT, "color")) == set(colours(DARK, "color"))
    assert set(colours(LIGHT, "background")) == set(colours(DARK, "background"))
