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
    COMPLAINT_INVESTIGATING = "complaint:stage:investigating", "开始了调查"
    COMPLAINT_RESOLVING = "complaint:stage:resolving", "提出了处理方案"
    COMPLAINT_REPLIED = "complaint:stage:replied", "向投诉人告知了处理结果"
    COMPLAINT_REVISITING = "complaint:stage:revisiting", "开始了回访"
    COMPLAINT_REVISITED = "complaint:revisit:made", "完成了回访"
    COMPLAINT_REOPENED = "complaint:stage:reopened", "重新办理了投诉"
    COMPLAINT_ARCHIVED = "complaint:stage:archived", "归档了投诉"
    COMPLAINT_MERGED = "complaint:stage:merged", "将投诉并入了另一件"
    COMPLAINT_ABSORBED = "complaint:record:absorbed", "接收了并入的另一件投诉"
    COMPLAINT_LINKED = "complaint:link:found", "发现了相关联的投诉"
    COMPLAINT_AGREED = "complaint:deadline:agreed", "与客户约定了期限"
    COMPLAINT_EXTENSION_ASKED = "complaint:extension:asked", "申请了延期"
    COMPLAINT_EXTENSION_APPROVED = "complaint:extension:approved", "批准了延期"
    COMPLAINT_EXTENSION_REFUSED = "complaint:extension:refused", "没有批准延期"
    COMPLAINT_EXTENSION_CONSENTED = "complaint:extension:consented", "经投诉人同意再次延期"
    COMPLAINT_HANDED_OVER = "complaint:unit:handed_over", "将投诉移交了其他单位"
    COMPLAINT_WORKED = "complaint:work:logged", "记录了办理步骤"
    COMPLAINT_MALICIOUS = "complaint:malice:marked", "认定为恶意投诉"
    COMPLAINT_CONVERTED = "complaint:kind:converted", "转换了投诉与咨询的性质"
    COMPLAINT_ACCOUNTED = "complaint:accountability:decided", "记录了责任追究"
    COMPLAINT_MEASURED = "complaint:measure:planned", "记录了原因和整改措施"
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
    PERSON_PASSWORD_RENEWED = "person:password:renewed", "重新发放了一次性密码"
    PERSON_SESSIONS_ENDED = "person:session:all_ended", "强制退出了人员的全部登录"
    PERSON_ENABLED = "person:account:enabled", "恢复了人员账号"
    PERSON_MOVED_ON = "person:membership:ended", "登记了任职的结束"
    PERSON_SECOND_STEP_SET = "person:second_step:set", "启用了动态口令"
    PERSON_SECOND_STEP_REMOVED = "person:second_step:removed", "停用了动态口令"
    PERSON_SECOND_STEP_FAILED = "person:second_step:failed", "输错了动态口令"
    PERSON_RECOVERY_USED = "person:recovery_code:used", "使用恢复码登录"
    PERSON_RECOVERY_RENEWED = "person:recovery_code:renewed", "更换了恢复码"
    ORGANISATION_CREATED = "unit:organisation:created", "建立了组织机构"
    KEYS_ROTATED = "system:keys:rotated", "更换了加密密钥"
    DATA_EXPORTED = "system:report:exported", "导出了报表"
    CLOCK_WARNED = "complaint:clock:warned", "提醒了即将到期的期限"
    CLOCK_LAPSED = "complaint:clock:lapsed", "记录了已过的期限"
    CLOCK_ESCALATED = "complaint:clock:escalated", "把逾期事项报告了上级"
    TRIGGER_PAGED = "complaint:trigger:paged", "呼叫了有关部门的联系人"
    TRIGGER_UNANSWERED = "complaint:trigger:unanswered", "停止呼叫：有关部门始终无人确认"
    TRIGGER_ACKNOWLEDGED = "complaint:trigger:acknowledged", "确认收到了紧急报告"
    AUTHORITY_TOLD = "complaint:authority:told", "登记了向行政部门的报告"
    CALENDAR_IMPORTED = "system:calendar:imported", "导入了年度节假日安排"
    BACKUP_MADE = "system:backup:made", "完成了备份"


SENTENCES = {tag.value: tag.sentence for tag in Tag}


def sentence(tag: str) -> str:
    """The Chinese sentence; a tag from a later version shows as itself instead of failing."""
    return SENTENCES.get(tag, tag)
