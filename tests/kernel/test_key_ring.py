import os
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huying.kernel import digest
from huying.kernel.ciphers import ALGORITHMS, BadKeyFile, KeyRing, MissingKey, TamperedData, key_id_of

CONTEXT = b"citizens.phone"
PHONE = "13907700001"


@pytest.fixture(params=sorted(ALGORITHMS))
def ring(request, tmp_path):
    return KeyRing.load(tmp_path / "keys", request.param)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)
@given(text=st.text(st.characters(exclude_categories=["Cs"])), context=st.binary(max_size=40))
def test_what_is_sealed_opens_again(ring, text, context):
    assert ring.decrypt(ring.encrypt(text, context=context), context=context) == text


def test_a_sealed_field_shows_nothing_and_is_never_the_same_twice(ring):
    blobs = [ring.encrypt(PHONE, context=CONTEXT) for _ in range(20)]
    assert len(set(blobs)) == 20
    for blob in blobs:
        assert PHONE.encode() not in blob
        assert PHONE[-4:].encode() not in blob
        assert len(blob) == 4 + 12 + len(PHONE) + 16
        assert key_id_of(blob) == ring.newest_id == 1
    assert ring.decrypt(memoryview(blobs[0]), context=CONTEXT) == PHONE


def test_every_changed_byte_is_noticed(ring):
    blob = ring.encrypt(PHONE, context=CONTEXT)
    for at in range(len(blob)):
        changed = blob[:at] + bytes([blob[at] ^ 1]) + blob[at + 1 :]
        with pytest.raises((TamperedData, MissingKey)):
            ring.decrypt(changed, context=CONTEXT)
    for cut in range(len(blob)):
        with pytest.raises(TamperedData):
            ring.decrypt(blob[:cut], context=CONTEXT)


def test_a_value_moved_to_another_field_is_noticed(ring):
    blob = ring.encrypt(PHONE, context=CONTEXT)
    with pytest.raises(TamperedData) as caught:
        ring.decrypt(blob, context=b"citizens.name")
    assert "改动" in caught.value.message


def test_after_rotation_the_new_key_seals_and_the_old_one_still_opens(ring):
    old = ring.encrypt(PHONE, context=CONTEXT)
    assert ring.add_key() == 2
    new = ring.encrypt(PHONE, context=CONTEXT)
    assert (key_id_of(old), key_id_of(new)) == (1, 2)
    again = KeyRing.load(ring.folder, ring.algorithm)
    assert again.newest_id == 2
    assert [again.decrypt(blob, context=CONTEXT) for blob in (old, new)] == [PHONE, PHONE]


def test_a_process_that_runs_on_meets_a_new_key_and_opens_with_it(ring):
    elsewhere = KeyRing.load(ring.folder, ring.algorithm)
    elsewhere.add_key()
    blob = elsewhere.encrypt(PHONE, context=CONTEXT)
    assert ring.decrypt(blob, context=CONTEXT) == PHONE
    assert ring.newest_id == 2


def test_a_missing_key_is_named(ring):
    blob = ring.encrypt(PHONE, context=CONTEXT)
    ring.add_key()
    (ring.folder / "1.key").unlink()
    again = KeyRing.load(ring.folder, ring.algorithm)
    with pytest.raises(MissingKey) as caught:
        again.decrypt(blob, context=CONTEXT)
    assert "1.key" in caught.value.message


def test_another_key_under_the_same_number_is_noticed(ring):
    blob = ring.encrypt(PHONE, context=CONTEXT)
    (ring.folder / "1.key").write_text("ab" * ALGORITHMS[ring.algorithm].key_bytes, encoding="ascii")
    with pytest.raises(TamperedData):
        KeyRing.load(ring.folder, ring.algorithm).decrypt(blob, context=CONTEXT)


def test_the_algorithm_may_change_and_old_fields_stay_readable(tmp_path):
    sm4 = KeyRing.load(tmp_path, "SM4-GCM")
    old = sm4.encrypt(PHONE, context=CONTEXT)
    aes = KeyRing.load(tmp_path, "AES-GCM")
    new = aes.encrypt(PHONE, context=CONTEXT)
    assert (key_id_of(old), key_id_of(new)) == (1, 2)
    assert aes.decrypt(old, context=CONTEXT) == PHONE
    back = KeyRing.load(tmp_path, "SM4-GCM")
    assert back.newest_id == 1
    assert back.decrypt(new, context=CONTEXT) == PHONE
    assert aes.blind_index(PHONE, purpose="phone") == sm4.blind_index(PHONE, purpose="phone")


def test_first_keys_are_private_and_of_the_right_length(ring):
    files = {path.name: path for path in ring.folder.iterdir()}
    assert set(files) == {"1.key", "index.key"}
    for path in files.values():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(bytes.fromhex(files["1.key"].read_text().strip())) == ALGORITHMS[ring.algorithm].key_bytes
    assert stat.S_IMODE(ring.folder.stat().st_mode) == 0o700


def test_many_that_start_at_once_agree_on_the_keys(tmp_path):
    for attempt in range(10):
        folder = tmp_path / str(attempt)
        with ThreadPoolExecutor(8) as pool:
            rings = list(pool.map(lambda _, folder=folder: KeyRing.load(folder, "SM4-GCM"), range(8)))
        blobs = [one.encrypt(PHONE, context=CONTEXT) for one in rings]
        assert {one.decrypt(blob, context=CONTEXT) for one in rings for blob in blobs} == {PHONE}
        assert len({one.blind_index(PHONE, purpose="phone") for one in rings}) == 1
        assert not [path for path in folder.iterdir() if path.name.startswith(".")]


def test_keys_added_at_once_get_different_numbers(tmp_path):
    KeyRing.load(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(lambda _: KeyRing.load(tmp_path).add_key(), range(16)))
    assert sorted(numbers) == list(range(2, 18))


def test_a_lost_index_key_is_an_error_not_a_new_key(ring):
    (ring.folder / "index.key").unlink()
    with pytest.raises(MissingKey) as caught:
        KeyRing.load(ring.folder, ring.algorithm)
    assert "index.key" in caught.value.message
    assert not (ring.folder / "index.key").exists()


@pytest.mark.parametrize("content", ["", "zz", "00" * 15, "00" * 33, "密钥"])
@pytest.mark.parametrize("name", ["2.key", "index.key"])
def test_a_file_that_is_no_key_is_named(ring, name, content):
    (ring.folder / name).write_text(content, encoding="utf-8")
    with pytest.raises(BadKeyFile) as caught:
        KeyRing.load(ring.folder, ring.algorithm)
    assert name in caught.value.message


@pytest.mark.parametrize("name", ["0.key", "01.key", "first.key", "70000.key"])
def test_a_key_file_with_a_wrong_name_is_refused(ring, name):
    (ring.folder / name).write_text("00" * 16)
    with pytest.raises(BadKeyFile) as caught:
        KeyRing.load(ring.folder, ring.algorithm)
    assert name in caught.value.message


def test_a_short_index_key_is_refused(ring):
    (ring.folder / "index.key").write_text("00" * 16)
    with pytest.raises(BadKeyFile):
        KeyRing.load(ring.folder, ring.algorithm)


def test_an_unknown_algorithm_is_refused(tmp_path):
    with pytest.raises(ValueError, match="SM4-GCM"):
        KeyRing.load(tmp_path, "DES")
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_sealed_field_has_no_key():
    for blob in (b"", PHONE.encode(), b"\x09" * 40, os.urandom(3)):
        with pytest.raises(TamperedData):
            key_id_of(blob)


def test_the_blind_index_is_stable_and_apart_by_purpose(ring):
    index = ring.blind_index(PHONE, purpose="phone")
    assert len(index) == 32
    ring.add_key()
    assert KeyRing.load(ring.folder, ring.algorithm).blind_index(PHONE, purpose="phone") == index
    assert ring.blind_index(PHONE, purpose="id") != index
    assert ring.blind_index(PHONE + "1", purpose="phone") != index


def test_sm3_is_that_of_the_standard_with_and_without_openssl(monkeypatch):
    # GB/T 32905-2016, annex A.1
    expected = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    keyed = digest.hmac_sm3(b"key", b"abc")
    for fast in (True, False):
        monkeypatch.setattr(digest, "_FAST", fast)
        assert digest.sm3(b"abc").hex() == expected
        assert digest.hmac_sm3(b"key", b"abc") == keyed
