from huying.workorders.rules.inputs import INPUTS, BadInput, Input
from huying.workorders.rules.pack import BadPack, Pack, parse_pack
from huying.workorders.rules.template import BadTemplate, ExtraField, Flow, Template, parse_template

__all__ = [
    "INPUTS", "BadInput", "BadPack", "BadTemplate", "ExtraField", "Flow", "Input", "Pack", "Template", "parse_pack",
    "parse_template",
]
