"""Same text, near-copy and other text are told apart, in every script."""

import random

import pytest

from readout.articles.fingerprint import bands, containment, fingerprint, likeness, likenesses

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


def test_a_signature_is_512_bytes_and_has_20_signed_keys():
    signature = fingerprint(TITLE, TEXT).signature
    keys = bands(signature)
    assert len(signature) == 512
    assert len(set(keys)) == 20
    assert all(-(2**63) <= key < 2**63 for key in keys)


def test_the_signature_is_for_ever_the_same():
    # Signatures are stored: a change here makes every stored one incomparable.
    signature = fingerprint("Council met", "one two three four five six seven eight").signature
    assert signature[:16].hex() == "4159f7c7f7d13cb80966eccc9eeba2c7"
    assert bands(signature)[:2] == (-640354635789969841, 1198989441183318811)


def test_rows_of_different_bands_have_different_keys():
    assert len(set(bands(b"\1" * 512))) == 20


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


def test_a_first_line_stands_in_its_story_whichever_is_named_first():
    first_line = " ".join(TEXT.split()[:12])
    assert containment(first_line.upper(), TEXT) == containment(TEXT, first_line) == 1.0
    assert containment("entirely different words about the weather in the mountains today", TEXT) < 0.2
    assert containment("too short", TEXT) == 0.0


def test_a_number_in_a_text_without_spaces_is_a_word_by_itself():
    # Else all that follows a year, up to the next mark, would be one word, and any change in it another.
    text = "2024年4月23日上海合作组织成员国安全会议秘书第十三次会议在北京举行与会各方讨论了地区安全形势等问题"
    one, edited = fingerprint(None, text), fingerprint(None, text.replace("讨论", "审议"))
    assert likeness(one.signature, edited.signature) > 0.7


@pytest.mark.parametrize("seed", range(5))
def test_a_tenth_of_the_words_changed_leaves_a_band_and_half_the_likeness(seed):
    dice, words = random.Random(seed), (TEXT + " " + OTHER).split()
    for place in dice.sample(range(len(words)), len(words) // 10):
        words[place] = f"changed{place}"
    original, edited = fingerprint(TITLE, TEXT + " " + OTHER).signature, fingerprint(TITLE, " ".join(words)).signature
    assert shared_bands(original, edited)
    assert likeness(original, edited) >= 0.5


def test_many_are_compared_as_one_by_one():
    signatures = [fingerprint(None, text).signature for text in (TEXT, OTHER, "too short")]
    found = likenesses(signatures[0], signatures)
    assert found == [likeness(signatures[0], each) for each in signatures]
    assert (found[0], found[2]) == (1.0, 0.0)
    assert likenesses(b"", signatures) == [0.0, 0.0, 0.0]
    assert likenesses(signatures[0], []) == []
