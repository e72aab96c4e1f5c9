"""What holds for all tests."""

from collections.abc import Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from shutil import copyfile

import pytest
import typer.main
import typer.testing
from hypothesis import settings

from readout.storage.database import Database, open_database
from tests import nursery, postgres, store

# A slow machine is no fault of the code: no test asserts a time.
settings.register_profile("readout", deadline=None)
settings.load_profile("readout")

# Files that take longest begin first, or one worker is left with them while the other has nothing to do.
_LONGEST = (
    *(
        "test_hostile_web",
        "test_hostile_text",
        "test_canary",
        "test_real_input",
        "test_backfill",
        "test_browser",
        "test_commands",
        "test_gate",
        "test_local",
        "test_kills",
    ),
    *("test_source_add", "test_source_check", "test_source_record", "test_trial", "test_scheduler", "test_wheel"),
    *("test_demo", "test_quality", "test_operator", "test_walks", "test_spared_sitemaps", "test_not_left_out"),
    *("test_endless", "test_gaps", "test_patience", "test_access", "test_site", "test_manners", "test_crawl"),
    *("test_full_disk", "test_restored_house", "test_bad_days", "test_fuzz_pages", "test_ending"),
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Where stores are."""
    parser.addoption("--postgres", action="store_true", help="keep stores on a PostgreSQL server of the tests' own")


def pytest_configure(config: pytest.Config) -> None:
    """The server is begun once, before the processes that run tests."""
    if not config.getoption("--postgres") or store.is_on_server():
        return
    if postgres.programs() is None:
        pytest.exit("PostgreSQL is not installed: nothing to test on (Debian: apt-get install postgresql)", 0)
    house = ExitStack()
    config.add_cleanup(house.close)
    store.prepare_server(house.enter_context(postgres.server()).url("{}"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The order in which files are handed to workers (with --no-loadscope-reorder)."""
    if store.is_on_server():
        for item in items:
            if item.get_closest_marker("in_file"):
                item.add_marker(pytest.mark.skip(reason="of stores in files alone"))
    ranks = {name: rank for rank, name in enumerate(_LONGEST)}
    items.sort(key=lambda item: ranks.get(item.path.stem, len(ranks)))


@pytest.fixture(scope="session", autouse=True)
def programs() -> Iterator[None]:
    """Programs of ours begin without loading anything, unless a test asks for `cold` ones."""
    with nursery.use_nursery():
        yield


@pytest.fixture(scope="session", autouse=True)
def tree_of_commands() -> Iterator[None]:
    """`readout` inside this process has its tree of commands made once: to make it takes longer than most commands."""
    made_once = cache(typer.main.get_command)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(typer.main, "get_command", made_once)
        patch.setattr(typer.testing, "_get_command", made_once)
        yield


@pytest.fixture
def cold() -> Iterator[None]:
    """Programs begin as a person begins them, and are children of the test."""
    with nursery.cold():
        yield


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a store that nobody has written into: to copy it costs a tenth of making one."""
    file = tmp_path_factory.mktemp("empty") / "readout.db"
    open_database(f"sqlite:///{file}", create=True).close()
    return file


@pytest.fixture
def database(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Database]:
    """An empty store."""
    if not store.is_on_server():
        copyfile(request.getfixturevalue("empty_store"), tmp_path / "readout.db")
    opened = open_database(store.store_url(tmp_path), create=False)
    yield opened
    opened.close()


@pytest.fixture(autouse=True, scope="module")
def stores() -> Iterator[None]:
    """What a file of tests has made on the server goes with it."""
    yield
    store.drop_stores()
