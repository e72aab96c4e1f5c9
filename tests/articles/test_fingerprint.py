"""Same text, near-copy and other text are told apart, in every script."""

import random

import pytest

from readout.articles.fingerprint import bands, fingerprint, likeness

TITLE = "Council of heads of security agencies met in Astana"
TEXT = (
    "On October 4 the capital hosted a session of the council. The delegations discussed joint measures against "
    "terrorism, drug trafficking and cybercrime. A plan for the next two years was approved by all participants. "
    "The president received the heads of delegations afterwards and wished them success in their work. "
    "The next session is to be held in the spring, the press service said in a short statement on Friday evening."
)
OTHER = (
    "The ministry of agriculture expects a record harvest of wheat this autumn. Farmers in the north began early, "
    "and the weather stayed dry for most of September. Exports may grow by a fifth, officials believe, while prices "
    "at home remain stable. Storage is short in three regions, where new elevators are being built with state loans."
)


def shared_bands(a, b):
    return set(bands(a)) & set(bands(b))


def test_case_spacing_and_punctuation_do_not_count():
    one, other = fingerprint(TITLE, TEXT), fingerprint(TITLE.upper(), TEXT.replace(". ", " —\n\n "))
    assert one == other


def test_a_changed_word_changes_the_hash():
    assert fingerprint(TITLE, TEXT).text_hash != fingerprint(TITLE, TEXT.replace("October 4", "October 5")).text_hash
    assert fingerprint(TITLE, TEXT).text_hash != fingerprint("Another title", TEXT).text_hash


def test_an_edited_copy_is_found_and_another_story_is_not():
    words = TEXT.split()
    for place in random.Random(7).sample(range(len(words)), len(words) // 12):
        words[place] = "edited"
    original, edited, other = (fingerprint(TITLE, text).signature for text in (TEXT, " ".join(words), OTHER))
    assert shared_bands(original, edited)
    assert likeness(original, edited) > 0.5
    assert not shared_bands(original, other)
    assert likeness(original, other) < 0.2


def test_a_signature_is_512_bytes_and_has_32_signed_keys():
    signature = fingerprint(TITLE, TEXT).signature
    keys = bands(signature)
    assert len(signature) == 512
    assert len(set(keys)) == 32
    assert all(-(2**63) <= key < 2**63 for key in keys)


def test_the_signature_is_for_ever_the_same():
    # Signatures are stored: a change here makes every stored one incomparable.
    signature = fingerprint("Council met", "one two three four five six seven eight").signature
    assert signature[:16].hex() == "4159f7c7f7d13cb80966eccc9eeba2c7"


def test_rows_of_different_bands_have_different_keys():
    assert len(set(bands(b"\1" * 512))) == 32


@pytest.mark.parametrize("text", ["", "Photo", "...", "one two three"])
def test_a_text_too_short_to_compare_has_no_signature(text):
    found = fingerprint(None, text)
    assert found.signature == b""
    assert bands(found.signature) == ()
    assert likeness(found.signature, fingerprint(TITLE, TEXT).signature) == 0
    assert len(found.text_hash) == 64


def test_texts_without_spaces_are_compared_too():
    text = "上海合作组织成员国安全会议秘书第十三次会议在北京举行，与会各方讨论了地区安全形势与合作打击恐怖主义等问题。"
    one, edited = fingerprint(None, text), fingerprint(None, text.replace("北京", "上海"))
    assert likeness(one.signature, edited.signature) > 0.6
