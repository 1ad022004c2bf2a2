"""Administrative divisions from files."""

import io
import json
from pathlib import Path

import pytest
from django.core.management import call_command

from huying.org.models import Centre, Region
from huying.org.operations.import_regions import BadFile, import_regions
from huying.org.queries.regions import find_regions, region_children, regions_of
from huying.org.rules.divisions import BadLine, division, is_under, normal

pytestmark = [pytest.mark.django_db]
REAL = Path(__file__).parents[3] / "shared" / "data" / "divisions"
DEEP = """id,pid,deep,name,ext_id,ext_name
45,0,0,广西,450000000000,广西壮族自治区
4506,45,1,防城港,450600000000,防城港市
450602,4506,2,港口,450602000000,港口区
450602001,450602,3,渔洲坪,450602001000,渔洲坪街道
4501,45,1,南宁,450100000000,南宁市
"""
PLAIN = """code,name
450600,防城港市
450602,港口区
450602001,渔洲坪街道
450602001001,海湾社区
"""


@pytest.fixture
def file(tmp_path):
    def write(text, encoding="utf-8"):
        path = tmp_path / "regions.csv"
        path.write_bytes(text.encode(encoding))
        return path

    return write


def counts(outcome):
    return outcome.read, outcome.created, outcome.updated, outcome.skipped, len(outcome.rejected)


def test_four_levels_by_depth_or_by_code(file):
    assert counts(import_regions(file(DEEP), under="4506")) == (3, 3, 0, 0, 0)
    assert counts(import_regions(file(PLAIN))) == (4, 1, 0, 3, 0)
    leaf = Region.objects.get(code="450602001001")
    assert (leaf.level, leaf.parent_id, leaf.full_name) == (4, "450602001", "防城港市港口区渔洲坪街道海湾社区")
    assert not Region.objects.filter(code="450100").exists()


def test_twice_is_once(file):
    path = file(PLAIN)
    import_regions(path)
    before = list(Region.objects.order_by("code").values())
    assert counts(import_regions(path)) == (4, 0, 0, 4, 0)
    assert list(Region.objects.order_by("code").values()) == before


def test_a_new_name_reaches_the_full_names_below(file):
    import_regions(file(PLAIN))
    assert counts(import_regions(file("code,name\n450602,港湾区\n"))) == (1, 0, 3, 0, 0)
    assert Region.objects.get(code="450602001001").full_name == "防城港市港湾区渔洲坪街道海湾社区"


def test_broken_lines_cost_only_themselves_and_are_named(file):
    bad = PLAIN + "45060x,坏代码\n4506,\n,没有代码\n450699001,没有上级的街道\n450602,另一个名字\n" + f"450603,{'长' * 61}\n"
    outcome = import_regions(file(bad))
    assert outcome.created == 4
    assert [line for line, _ in outcome.rejected] == [6, 7, 8, 9, 10, 11]
    reasons = [reason for _, reason in outcome.rejected]
    for word, reason in zip(("12 位数字", "缺少名称", "缺少区划代码", "上级区划 450699 不存在", "重复", "超过 60"), reasons, strict=True):
        assert word in reason


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "\x00\x01\x02", "代码,名称\n1,2\n"])
def test_a_file_of_another_kind_is_refused(file, text):
    with pytest.raises(BadFile, match="表头"):
        import_regions(file(text))


def test_files_of_windows_offices(file):
    assert import_regions(file(PLAIN, "gb18030")).created == 4
    assert import_regions(file("\ufeff" + PLAIN.replace("\n", "\r\n"))).skipped == 4


def test_a_missing_file(tmp_path):
    with pytest.raises(BadFile, match="无法读取"):
        import_regions(tmp_path / "none.csv")


def test_the_command(file):
    out, err = io.StringIO(), io.StringIO()
    call_command("regions", "import", str(file(PLAIN + "x,y\n")), "--under", "450602", stdout=out, stderr=err)
    assert json.loads(out.getvalue()) == {"read": 5, "created": 4, "updated": 0, "skipped": 0, "rejected": 1}
    assert "第 6 行：" in err.getvalue()


def test_spellings_of_one_code():
    assert {normal(code) for code in ("4506", "450600", "450600000000")} == {"450600"}
    assert is_under("450602001", "4506") and is_under("4506", "450602") and not is_under("4501", "4506")
    assert is_under("450602", "450600000000")
    with pytest.raises(BadLine):
        normal("45")
    assert division({"code": "450000", "name": "广西"}) is None, "a province is no region here"


def test_for_forms(file):
    import_regions(file(PLAIN))
    import_regions(file("code,name\n330100,杭州市\n"))
    centre = Centre.objects.create(code="C", name="c", region_id="450602")
    assert region_children("450602") == [("450602001", "渔洲坪街道")]
    assert regions_of(centre)("") == [("450600", "防城港市")], "the own city only"
    assert len(regions_of(None)("")) == 2
    assert [each.code for each in find_regions("海湾", within="4506")] == ["450602001001"]
    assert find_regions(" ") == []


@pytest.mark.skipif(not REAL.is_dir(), reason="shared/data/divisions is not here")
def test_the_real_divisions():
    whole = import_regions(REAL / "xiangyuecn_level4.csv")
    assert not whole.rejected and whole.created > 42_000
    assert Region.objects.get(code="469025100").full_name.startswith("白沙"), "a county run by its province"
    assert Region.objects.get(code="150524000").name == "库伦街道", "a street whose code ends like a district's"
    assert Region.objects.get(code="810101000").full_name == "香港特别行政区中西区"
    assert Region.objects.get(code="441900003").full_name == "东莞市东城街道", "a city without districts"
    assert import_regions(REAL / "xiangyuecn_level4.csv").created == 0
    newer = import_regions(REAL / "modood_2023_streets.csv", under="4506")
    assert newer.rejected == [] and newer.created + newer.updated + newer.skipped == newer.read
