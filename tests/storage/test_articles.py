"""Articles: what was read, its versions, and what it is like."""

from datetime import UTC
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, text

from readout.articles.clean import clean_text
from readout.articles.fingerprint import fingerprint
from readout.model import SourceId
from readout.storage import articles, schema
from readout.storage.articles import Origin
from readout.storage.database import head, open_database, upgrade
from tests.reported import NOW, OTHER_TEXT, TEXT, reading
from tests.store import store_url


def origin(key="r1", **changes):
    fields = {"key": key, "url": f"https://x.example/{key}", "source_id": None, "official": False, "told_at": None}
    return Origin(**fields | changes)


def add(connection, text, key="r1", **changes):
    added = articles.add_article(connection, reading(text), origin(key, **changes), outcome="stored", now=NOW)
    articles.set_bands(connection, added, reading(text).fingerprint.signature)
    return added


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    database = open_database(store_url(tmp_path_factory.mktemp("kept")), create=True)
    yield database
    database.close()


texts = st.text().map(clean_text)
moments = st.datetimes().map(lambda moment: moment.replace(tzinfo=UTC))


@settings(deadline=None)
@given(text=texts, title=st.none() | texts, published=st.none() | moments)
def test_any_article_comes_back_as_it_went(kept, text, title, published):
    read = reading(text, title=title, published=published)
    with kept.write() as connection:
        connection.execute(schema.article.delete())
        articles.add_article(connection, read, origin(url=read.article.url), outcome="stored", now=NOW)
        assert articles.article_by_key(connection, "r1").article == read.article


def test_a_day_alone_is_kept_as_one(database):
    read = reading(published=NOW.replace(day=3, hour=20), day=NOW.date())
    with database.write() as connection:
        articles.add_article(connection, read, origin(url=read.article.url), outcome="stored", now=NOW)
        kept = articles.article_by_key(connection, "r1").article
    assert (kept.published_day, kept.published_day_only) == (NOW.date(), True)


def test_an_article_is_found_by_key_url_and_id(database):
    with database.write() as connection:
        added = add(connection, TEXT, source_id=SourceId("agency"))
        found = articles.article_by_key(connection, "r1")
        assert found == articles.article_by_id(connection, added)
        assert [found] == articles.articles_by_url(connection, "https://x.example/r1")
        assert articles.article_by_key(connection, "r2") is None


def test_versions_are_kept(database):
    with database.write() as connection:
        added = add(connection, TEXT)
        for text in ("second", "third"):
            articles.revise_article(
                connection,
                articles.article_by_id(connection, added),
                reading(text),
                url="https://x.example/",
                outcome="stored",
                now=NOW,
            )
        former = connection.execute(schema.article_version.select().order_by("version")).all()
        standing = articles.article_by_id(connection, added)
    assert [(row.version, row.text) for row in former] == [(1, TEXT), (2, "second")]
    assert (standing.version, standing.article.text) == (3, "third")


def test_the_first_of_the_same_text_is_the_original(database):
    with database.write() as connection:
        first, second, third = (add(connection, TEXT, key) for key in ("r1", "r2", "r3"))
        text_hash = reading(TEXT).fingerprint.text_hash
        assert articles.same_text(connection, text_hash, besides=third).id == first
        assert articles.same_text(connection, text_hash, besides=first).id == second
        assert articles.same_text(connection, "unknown", besides=first) is None


def test_edited_copies_are_alike_and_other_texts_are_not(database):
    edited = TEXT.replace("Friday", "Thursday")
    with database.write() as connection:
        first = add(connection, TEXT, "r1")
        add(connection, OTHER_TEXT, "r2")
        signature = reading(edited).fingerprint.signature
        (alike,) = articles.alike(connection, signature, besides=0, least=0.5)
        assert (alike.article_id, 0.5 < alike.likeness < 1) == (first, True)
        assert articles.alike(connection, signature, besides=first, least=0.5) == []
        assert articles.alike(connection, b"", besides=0, least=0.0) == []


def test_a_revised_article_is_alike_to_what_it_says_now(database):
    with database.write() as connection:
        first = add(connection, TEXT)
        now = reading(OTHER_TEXT)
        articles.revise_article(
            connection,
            articles.article_by_id(connection, first),
            now,
            url="https://x.example/",
            outcome="stored",
            now=NOW,
        )
        articles.set_bands(connection, first, now.fingerprint.signature)
        found = [
            articles.alike(connection, reading(text).fingerprint.signature, besides=0, least=0.5)
            for text in (TEXT, OTHER_TEXT)
        ]
    assert [len(each) for each in found] == [0, 1]


def test_of_a_template_used_many_times_the_newest_are_found_and_any_old_one_by_what_it_says_itself(database):
    template = (
        "The committee met on Monday in the house of the government and went through the papers of the week. " * 2
    )
    said = [f"{template} {' '.join(f'word{number}x{place}' for place in range(4))}" for number in range(120)]
    with database.write() as connection:
        ids = [add(connection, each, f"r{number}") for number, each in enumerate(said)]
        newest = articles.alike(connection, fingerprint("Title", template).signature, besides=0, least=0.0)
        oldest = articles.alike(connection, fingerprint("Title", said[0]).signature, besides=0, least=0.9)
    assert 20 <= len(newest) <= 50
    assert min(each.article_id for each in newest) > ids[len(ids) // 4]
    assert [each.article_id for each in oldest] == [ids[0]]


def test_a_text_that_becomes_too_short_to_compare_is_found_no_more(database):
    with database.write() as connection:
        added = add(connection, TEXT)
        articles.set_bands(connection, added, b"")
        assert articles.alike(connection, reading(TEXT).fingerprint.signature, besides=0, least=0.5) == []


@pytest.mark.in_file
def test_what_an_older_version_stored_is_found_after_an_upgrade(tmp_path: Path):
    url = store_url(tmp_path)
    signature = reading(TEXT).fingerprint.signature
    make_at_first_revision(url)
    with create_engine(url).begin() as connection:
        for number in (1, 2):
            connection.execute(OLD_ARTICLE, {"id": number, "signature": signature})
        connection.execute(text("INSERT INTO band (key, article_id) VALUES (12345, 1)"))
    assert upgrade(url) == ("0001", head())
    database = open_database(url, create=False)
    with database.read() as connection:
        found = articles.alike(connection, signature, besides=0, least=0.5)
    database.close()
    # The second told of no meeting, and is not looked for.
    assert [each.article_id for each in found] == [1]


def make_at_first_revision(url: str) -> None:
    config = Config()
    config.set_main_option("script_location", "readout.storage:migrations")
    with create_engine(url).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")


OLD_ARTICLE = text(
    "INSERT INTO article (id, key, official, url, text, published_day_only, first_seen, changed_at, version,"
    " text_hash, signature, score, signals, outcome)"
    " VALUES (:id, 'a' || :id, 0, 'https://x.example/' || :id, '', 0, '2024-10-04', '2024-10-04', 1,"
    " '', :signature, 0.9, '[]', 'stored')"
)
