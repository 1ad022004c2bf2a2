"""The three networks and the fourth by number prefix (R196), for statistics only: a gateway routes by itself."""

from huying.messaging.catalog import Carrier

_PREFIXES: dict[Carrier, str] = {
    Carrier.MOBILE: "134 135 136 137 138 139 144 147 148 150 151 152 157 158 159 165 172 178 182 183 184 187 188 195 197 198 "
                    "1703 1705 1706",
    Carrier.UNICOM: "130 131 132 140 145 146 155 156 166 167 171 175 176 185 186 196 1704 1707 1708 1709",
    Carrier.TELECOM: "133 141 149 153 162 173 174 177 180 181 189 190 191 193 199 1349 1700 1701 1702",
    Carrier.BROADNET: "192",
}
_BY_PREFIX = {prefix: carrier for carrier, prefixes in _PREFIXES.items() for prefix in prefixes.split()}


def carrier_of(phone: str) -> Carrier:
    """The carrier that gave out a normalised mobile number; four digits decide before three."""
    return _BY_PREFIX.get(phone[:4]) or _BY_PREFIX.get(phone[:3]) or Carrier.OTHER
