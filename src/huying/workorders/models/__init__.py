from huying.workorders.models.application import Application
from huying.workorders.models.assignment import Assignment, Verification
from huying.workorders.models.attachment import Attachment
from huying.workorders.models.clock import Clock
from huying.workorders.models.intake import Draft, IdempotencyKey, NumberCounter
from huying.workorders.models.lists import ExportRequest, SavedFilter
from huying.workorders.models.order import Category, Link, Point, WorkOrder
from huying.workorders.models.order_call import OrderCall
from huying.workorders.models.reward import Reward
from huying.workorders.models.rules import OrderTemplate, RulePack
from huying.workorders.models.search import OrderText
from huying.workorders.models.webhook import Delivery, Webhook

__all__ = [
    "Application", "Assignment", "Attachment", "Category", "Clock", "Delivery", "Draft", "ExportRequest", "IdempotencyKey", "Link",
    "NumberCounter", "OrderCall", "OrderTemplate", "OrderText", "Point", "Reward", "RulePack", "SavedFilter", "Verification",
    "Webhook", "WorkOrder",
]
