"""Bodies are told apart from their look-alikes, under all their names, in all cases."""

import tomllib

import pytest

from readout.catalog import load_knowledge
from readout.meetings.bodies import Registry
from readout.meetings.words import split_words
from tests.meetings.tellings import DATA, SHARED

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
    ("sedinta Consiliului Suprem de Aparare a Tarii", (), "ro-csat"),
    ("reuniunea ministrilor de externe din Initiativa celor Trei Mari", (), "three-seas"),
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


ROWS = [
    row
    for path in sorted((DATA / "bodies").iterdir(), key=str)
    for row in tomllib.loads(path.read_text(encoding="utf-8")).get("body", ())
]
MATCHES = [(row["id"], sentence) for row in ROWS for sentence in row["examples"]["match"]]
NO_MATCHES = [(row["id"], sentence) for row in ROWS for sentence in row["examples"]["no_match"]]


@pytest.mark.parametrize(("body", "sentence"), MATCHES)
def test_an_example_names_its_body(body, sentence):
    found = REGISTRY.find(sentence)
    assert [mention.id for mention in found[:1]] == [body], [(mention.id, mention.strength) for mention in found]


@pytest.mark.parametrize(("body", "sentence"), NO_MATCHES)
def test_a_look_alike_does_not_name_the_body(body, sentence):
    assert body not in {mention.id for mention in REGISTRY.find(sentence)[:1]}


def test_every_body_has_examples_of_both_kinds():
    assert not [row["id"] for row in ROWS if not all(row["examples"].get(kind) for kind in ("match", "no_match"))]


# Ministers of states meet beside an organisation, and councils of others are named: no body of these convenes.
SPOKEN_OF = [
    ("the foreign ministers of Germany and France held a meeting before the NATO summit", "nato-foreign"),
    ("Министры иностранных дел Армении и Азербайджана провели встречу при посредничестве ЕС", "eu-foreign-affairs"),
    ("the EU-China summit was held in Beijing", "european-council"),
    ("Секретарь Совета безопасности России прибыл в Минск", "ru-security-council"),
    ("Consiliul Europei a găzduit o reuniune", "european-council"),
    ("саммит Россия - Африка", "au-assembly"),
]


@pytest.mark.parametrize(("text", "body"), SPOKEN_OF)
def test_a_body_that_is_only_spoken_of_is_not_seen(text, body):
    assert body not in {mention.id for mention in REGISTRY.find(text)}


def test_a_state_need_not_be_said_again_where_the_page_speaks_of_no_other():
    text = "The president chaired a session of the Security Council"
    assert [mention.id for mention in REGISTRY.find(text, context=["kz"])] == ["kz-security-council"]
    assert not REGISTRY.find(text, context=["kz", "cis"])


def test_the_context_of_a_page_holds_its_state_only_when_it_is_one():
    def context(*sentences):
        return REGISTRY.context([REGISTRY.look(text, split_words(text)) for text in sentences])

    assert context("Kazakhstan and the CIS", "a session") == {"kz", "cis"}
    assert context("Kazakhstan and the CIS", "Armenia") == {"cis"}
