"""What can happen, as ``room:subject:event``, with the one Chinese sentence a person reads for it.

The sentence follows the actor's name: 「李强」+「受理了投诉」. A tag is never renamed: old entries carry it for ever.
"""

import re
from enum import StrEnum

GRAMMAR = re.compile(r"[a-z]+:[a-z_]+:[a-z_]+")


class Tag(StrEnum):
    """The value is what the trail stores; ``sentence`` is what the desk shows."""

    sentence: str

    def __new__(cls, value: str, sentence: str) -> "Tag":
        member = str.__new__(cls, value)
        member._value_ = value
        member.sentence = sentence
        return member

    COMPLAINT_ENTERED = "complaint:record:entered", "登记了投诉"
    COMPLAINT_SUPPLEMENTED = "complaint:record:supplemented", "补充了投诉内容"
    COMPLAINT_REVEALED = "complaint:record:revealed", "查看了未遮盖的个人信息"
    COMPLAINT_NOTED = "complaint:record:noted", "添加了内部备注"
    COMPLAINT_ACCEPTED = "complaint:stage:accepted", "受理了投诉"
    COMPLAINT_DECLINED = "complaint:stage:declined", "作出了不予受理的决定"
    COMPLAINT_CLOSED = "complaint:stage:closed", "办结了投诉"
    COMPLAINT_WITHDRAWN = "complaint:stage:withdrawn", "登记了投诉人的撤诉"
    COMPLAINT_ASSIGNED = "complaint:handler:assigned", "指定了经办人员"
    COMPLAINT_INVOLVED = "complaint:involved:marked", "登记了涉事人员，该人员须回避"
    COMPLAINT_TASK_CREATED = "complaint:task:created", "按投诉类别生成了应办事项"
    COMPLAINT_TASK_DONE = "complaint:task:done", "完成了应办事项"
    COMPLAINT_CATEGORY_CHANGED = "complaint:category:changed", "调整了投诉类别"
    COMPLAINT_CLOCKS_CHANGED = "complaint:clocks:changed", "期限已重新计算"
    COMPLAINT_URGENT = "complaint:trigger:found", "触发了立即报告"
    CONVERSATION_OPENED = "conversation:record:opened", "开始了会话"
    CONVERSATION_CLOSED = "conversation:record:closed", "结束了会话"
    CONVERSATION_REVEALED = "conversation:record:revealed", "查看了会话原文"
    CONVERSATION_WAITING = "conversation:owner:waiting", "会话转入人工等候"
    CONVERSATION_TAKEN = "conversation:owner:taken", "接入了会话"
    CONVERSATION_RETURNED = "conversation:owner:returned", "把会话交还智能客服"
    PERSON_CREATED = "person:account:created", "新建了人员账号"
    PERSON_DISABLED = "person:account:disabled", "停用了人员账号"
    PERSON_PLACED = "person:membership:added", "登记了人员任职"
    PERSON_SIGNED_IN = "person:session:opened", "登录了系统"
    PERSON_SIGNED_OUT = "person:session:ended", "退出了系统"
    PERSON_PASSWORD_CHANGED = "person:password:changed", "修改了登录密码"
    ORGANISATION_CREATED = "unit:organisation:created", "建立了组织机构"
    KEYS_ROTATED = "system:keys:rotated", "更换了加密密钥"
    DATA_EXPORTED = "system:report:exported", "导出了报表"
    BACKUP_MADE = "system:backup:made", "完成了备份"


SENTENCES = {tag.value: tag.sentence for tag in Tag}


def sentence(tag: str) -> str:
    """The Chinese sentence; a tag from a later version shows as itself instead of failing."""
    return SENTENCES.get(tag, tag)
