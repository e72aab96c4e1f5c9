"""Bodies are told apart from their look-alikes, under all their names, in all cases."""

import pytest

from readout.catalog import load_knowledge
from readout.meetings.bodies import Registry
from tests.meetings.tellings import SHARED

REGISTRY = load_knowledge().bodies

# A sentence, the organisations its page speaks of, and the body it names most fully.
NAMED = [
    ("the Council of the Heads of Security Agencies and Special Services of the CIS met", (), "cis-sorb"),
    ("a session of the CIS Council of Heads of Security Bodies and Special Services", (), "cis-sorb"),
    ("the CIS Council of the Heads of Security and Intelligence Agencies gathered", (), "cis-sorb"),
    ("a meeting of heads of security and intelligence services of the CIS countries", (), "cis-intel"),
    ("the Conference of Heads of Security and Intelligence Agencies of CIS Member States", (), "cis-intel"),
    ("CIS security chiefs convene in Minsk", (), "cis-sorb"),
    ("Council of Heads of Security Agencies and Special Services", ("cis",), "cis-sorb"),
    ("заседание Совета руководителей органов безопасности и специальных служб СНГ", (), "cis-sorb"),
    ("на заседании СОРБ", (), "cis-sorb"),
    (
        "Совещание руководителей органов безопасности и разведывательных служб государств — участников СНГ",
        (),
        "cis-intel",
    ),
    ("совещании руководителей органов безопасности и разведслужб стран СНГ", (), "cis-intel"),
    ("руководители спецслужб СНГ соберутся в мае", (), "cis-sorb"),
    ("MDB-yə üzv ölkələrin təhlükəsizlik və xüsusi xidmət orqanları rəhbərləri şurasının iclası", (), "cis-sorb"),
    ("MDB ölkələrinin təhlükəsizlik orqanları və kəşfiyyat xidmətləri rəhbərlərinin müşavirəsi", (), "cis-intel"),
    ("the secretaries of the security councils of the SCO member states", (), "sco-secretaries"),
    ("секретари советов безопасности государств Центральной Азии", (), "ca-secretaries"),
    ("заседание Комитета секретарей советов безопасности ОДКБ", (), "csto-secretaries"),
    ("секретарей советов безопасности стран СНГ", (), "cis-secretaries"),
    ("Council of Foreign Ministers of the CSTO", ("cis",), "csto-foreign"),
    ("Council of Foreign Ministers", ("cis",), "cis-cfm"),
    ("сессия Совета коллективной безопасности ОДКБ", (), "csto-csc"),
    (
        "совместное заседание Совета министров иностранных дел, Совета министров обороны и КССБ ОДКБ",
        (),
        "csto-joint",
    ),
    ("Türk Dövlətlərinin Xüsusi Xidmət Orqanları Konfransı", (), "turkic-special-services"),
    ("heads of special services of the Central Asian states", ("cis",), "ca-special-services"),
    ("the IAEA Board of Governors opens its meeting", (), "iaea-board"),
    ("Совет командующих Пограничными войсками СНГ", (), "cis-border"),
    ("постоянными членами Совета безопасности Владимир Путин провёл", (), "ru-security-council"),
    ("die Innenminister von Bund und Ländern", (), "de-imk"),
    ("Высшего Государственного Совета Союзного государства", (), "union-state-ssc"),
]

# Names of bodies that nobody meant, or whose organisation is not said.
NOT_NAMED = [
    ("the council of the town met", ("cis",)),
    ("the Council of Foreign Ministers of the SCO", ("nato",)),
    ("Council of Foreign Ministers", ()),
    ("the UN Security Council", ()),
    ("he studied au pair work and the csc exam", ()),
    ("intelligence services of Germany", ("nato",)),
]


@pytest.mark.parametrize(("text", "context", "body"), NAMED)
def test_the_body_named_most_fully(text, context, body):
    found = REGISTRY.find(text, context=context)
    assert found[0].id == body, [(mention.id, mention.strength) for mention in found]
    assert text[found[0].start : found[0].end] == found[0].name


@pytest.mark.parametrize(("text", "context"), NOT_NAMED)
def test_a_body_is_not_seen_where_none_is(text, context):
    wanted = {"nato-foreign", "cis-sorb", "cis-intel", "cis-cfm", "ru-security-council", "au-psc", "csto-csc"}
    assert not wanted & {mention.id for mention in REGISTRY.find(text, context=context)}


def test_look_alikes_are_bodies_and_have_members():
    assert "cis-intel" in REGISTRY.bodies["cis-sorb"].look_alikes
    assert all(len(member) == 2 for body in REGISTRY.bodies.values() for member in body.members)


GOOD = {"name": "Z", "kind": "session", "members": []}


def test_all_faults_of_all_files_are_told():
    files = {
        "a.toml": {"body": [{"id": "x"}, {"id": "y", "name": "Y", "kind": "party", "members": []}]},
        "b.toml": {"organisation": [{"id": "o"}], "body": [{**GOOD, "id": "z", "not": ["q"]}]},
        "c.toml": {"body": [{**GOOD, "id": "w", "names": {"en": ["head + *"]}}]},
    }
    with pytest.raises(ValueError, match="key") as caught:
        Registry.from_mappings(files)
    told = str(caught.value).splitlines()
    for part in ("a.toml: body[0]: key 'name'", "a.toml: body[1]", "b.toml: organisation[0]", "'z'", "c.toml: body[0]"):
        assert any(part in line for line in told), (part, told)


@pytest.mark.skipif(not SHARED.exists(), reason="the labelled set is not here")
def test_every_body_that_is_scored_is_registered():
    lines = (SHARED / "gold" / "bodies.tsv").read_text(encoding="utf-8").splitlines()[1:]
    assert {line.split("\t")[0] for line in lines} <= set(REGISTRY.bodies)


@pytest.mark.parametrize("body", sorted(REGISTRY.bodies))
def test_every_body_is_found_under_its_own_name(body):
    known = REGISTRY.bodies[body]
    context = [known.organisation] if known.organisation else []
    found = REGISTRY.find(f"A meeting of the {known.name} was held", context=context)
    assert body in {mention.id for mention in found[:2]}, [(mention.id, mention.strength) for mention in found]
