import pytest

from huying.kernel.masking import mask_address, mask_email, mask_id_number, mask_name, mask_phone, scrub
from huying.kernel.phones import is_phone, normalise_phone


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("张三丰", "张**"),
        ("张三", "张*"),
        ("张", "张*"),
        ("欧阳修", "欧阳*"),
        ("欧阳", "欧*"),
        ("诸葛孔明", "诸葛**"),
        ("买买提·艾合买提", "买**"),
        ("John Smith", "J**"),
        ("  李女士 ", "李**"),
        ("", ""),
    ],
)
def test_names(name, shown):
    assert mask_name(name) == shown


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("13907700001", "139****0001"),
        ("+86 139-0770-0001", "139****0001"),
        ("0770-2823456", "0770-****456"),
        ("(0770) 2823456 转 801", "0770-****456"),
        ("010-65551234", "010-****1234"),
        ("2823456", "*****56"),
        ("110", "***"),
        ("+1 212 555 0100", "*********00"),
        ("", ""),
        ("不详", ""),
    ],
)
def test_phones(phone, shown):
    assert mask_phone(phone) == shown


@pytest.mark.parametrize(
    ("written", "bare"),
    [
        ("13907700001", "13907700001"),
        (" 139 0770 0001 ", "13907700001"),
        ("+86-139-0770-0001", "13907700001"),
        ("0086 13907700001", "13907700001"),
        ("8613907700001", "13907700001"),
        ("013907700001", "13907700001"),
        ("１３９０７７００００１", "13907700001"),
        ("0770-2823456", "07702823456"),
        ("+86 770 2823456", "07702823456"),
        ("（0770）2823456转801", "07702823456"),
        ("0770-2823456-801", "07702823456801"),
        ("12345", "12345"),
        ("+852 2123 4567", "85221234567"),
        ("无", ""),
    ],
)
def test_one_person_writing_one_number_in_many_ways(written, bare):
    assert normalise_phone(written) == bare


def test_which_numbers_can_be_called():
    assert all(map(is_phone, ["13907700001", "07702823456", "01065551234", "12345", "110", "2823456", "4008001234"]))
    assert not any(map(is_phone, ["", "1", "12907700001", "139077000011", "00000000", "07701823456"]))


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("450602199001011234", "4506************34"),
        ("45060219900101123X", "4506************3X"),
        ("1234567", "*******"),
    ],
)
def test_id_numbers(number, shown):
    assert mask_id_number(number) == shown


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("港口区渔洲坪街道兴港大道88号海景花园3栋2单元501室", "港口区渔洲坪街道兴港大道***"),
        ("东兴市江平镇万尾村十二号", "东兴市江平镇万尾村***"),
        ("上思县思阳镇107国道旁15号", "上思县思阳镇107国道旁***"),
        ("防城区防城镇西湾三路6栋", "防城区防城镇西湾三路***"),
        ("港口区12号路A3栋", "港口区12号路***"),
        ("港口区渔洲坪街道", "港口区渔洲坪街道"),
        ("港口区渔洲坪街道卖水果的店后面", "港口区渔洲坪街道***"),
        ("阳光花园后门", "阳光花***"),
        ("８８号", "***"),
        ("", ""),
    ],
)
def test_addresses(address, shown):
    assert mask_address(address) == shown


@pytest.mark.parametrize(
    ("address", "shown"),
    [("zhangsan@qq.com", "z***@qq.com"), ("a.b+c@mail.example.cn", "a***@mail.example.cn"), ("a@b", "***"), ("", "")],
)
def test_email(address, shown):
    assert mask_email(address) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("请回电13907700001，谢谢", "请回电139****0001，谢谢"),
        ("电话:139-0770-0001或 139 0770 0001", "电话:139****0001或 139****0001"),
        ("打1390 770 0001", "打139****0001"),
        ("+8613907700001", "139****0001"),
        ("１３９０７７００００１", "139****0001"),
        ("打了一13907700001三次", "打了一139****0001三次"),
        ("手机一三九零七七零零零零幺", "手机139****0001"),
        ("座机0770-2823456", "座机0770-****456"),
        ("（0770）2823456", "0770-****456"),
        ("联系电话：2823456", "联系电话：****456"),
        ("身份证450602199001011234。", "身份证4506************34。"),
        ("身份证 450602 19900101 123x", "身份证 4506************3x"),
        ("老证450602900101123", "老证4506*********23"),
        ("邮箱zhangsan@qq.com收", "邮箱z***@qq.com收"),
        ("两人13907700001、13907700002", "两人139****0001、139****0002"),
    ],
)
def test_numbers_inside_free_text_are_found(text, shown):
    assert scrub(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "",
        "工单4506000220261120000179已转办",
        "工单450600 02 20261120 00017 9已转办",
        "2026年11月20日12:30在兴港大道88号，3栋501室，约1500元，桂P12345",
        "账号6217001234567890123",
        "二〇二六年十一月二十日，一共三百二十一户",
        "文号国办发〔2020〕53号，110、12345、12328",
    ],
)
def test_what_a_handling_unit_needs_stays(text):
    assert scrub(text) == text


def test_scrubbing_twice_changes_nothing_more():
    text = "请回电13907700001或0770-2823456，身份证450602199001011234，邮箱zhangsan@qq.com"
    assert scrub(scrub(text)) == scrub(text)
