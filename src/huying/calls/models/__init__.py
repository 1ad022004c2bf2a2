from huying.calls.models.block import Block, CallerList, ListedCaller
from huying.calls.models.call import Call, Leg, SwitchRecord
from huying.calls.models.command import Command
from huying.calls.models.flow import Flow, FlowVersion, Prompt, PromptSound
from huying.calls.models.line import CalledNumber, OtherDesk, Phone, Trunk
from huying.calls.models.pool import CallBack
from huying.calls.models.recording import Recording
from huying.calls.models.route import RouteRule
from huying.calls.models.seat import SeatPeriod, SeatSession, SeatState
from huying.calls.models.setting import PhoneSetting, SwitchState
from huying.calls.models.skill import Skill, SkillGroup
from huying.calls.models.talk import HelpRequest, ShiftNote, StaffMessage
from huying.calls.models.utterance import Utterance

__all__ = [
    "Block", "Call", "CallBack", "CalledNumber", "CallerList", "Command", "Flow", "FlowVersion", "HelpRequest", "Leg",
    "ListedCaller", "OtherDesk", "Phone", "PhoneSetting", "Prompt", "PromptSound", "Recording", "RouteRule", "SeatPeriod", "SeatSession",
    "SeatState", "ShiftNote", "Skill", "SkillGroup", "StaffMessage", "SwitchRecord", "SwitchState", "Trunk", "Utterance",
]
