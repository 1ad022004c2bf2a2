"""What the telephone's changes are called on the history of a centre."""

_ROWS = {
    "trunk": "中继", "called_number": "被叫号码", "phone": "话机", "skill_group": "技能组", "otherdesk": "其他热线",
    "route_rule": "路由规则",
    "seatperiod": "最少席数", "prompt": "语音", "flow": "语音流程", "caller_list": "来电名单",
}
_DONE = {"add": "新建", "edit": "修改", "on": "启用", "off": "停用", "delete": "删除"}
KINDS = {f"{row}.{word}": f"{done}{label}" for row, label in _ROWS.items() for word, done in _DONE.items()}
KINDS |= {
    "phone_setting.edit": "修改话务参数", "skill.edit": "修改坐席技能", "phone.password": "更换话机口令",
    "prompt.upload": "上传语音录音",
    "caller_list.take_off": "移出来电名单", "flow.add_step": "流程添加步骤", "flow.edit_step": "流程修改步骤",
    "flow.remove_step": "流程删除步骤",
    "flow.start_step": "流程改变起点", "flow.up_step": "流程调整次序", "flow.down_step": "流程调整次序",
    "flow.publish": "发布语音流程",
    "flow.restore": "恢复流程版本",
}
FIELDS = {
    "match": "对端地址", "contact": "外呼地址", "codecs": "编解码", "lines": "线路数", "flow": "语音流程",
    "group": "技能组", "greeting": "问候语",
    "is_outgoing": "外呼主叫", "extension": "分机号", "kind": "类型", "place": "位置", "owner": "使用人",
    "order": "次序", "strategy": "分配方式",
    "ring_seconds": "振铃秒数", "most_wait": "最长等待", "overflow": "溢出到", "weight": "优先级",
    "announces": "播报位次",
    "offers_call_back": "可预约回拨", "offers_voicemail": "可留言", "wrap_seconds": "话后上限", "called": "被叫号码",
    "caller_list": "来电名单",
    "labels": "标签", "prefixes": "号段", "hours_from": "起", "hours_to": "止", "desk": "专席",
    "priority": "排队优先", "text": "文字",
    "is_recorded": "使用录音", "duration_ms": "时长（毫秒）", "weekdays": "星期", "begins": "起", "ends": "止",
    "least": "最少席数",
    "seats": "坐席容量",
}
