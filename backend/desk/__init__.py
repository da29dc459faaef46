"""The handlers' screen: server-rendered pages over the ledger and the transcripts. Every form works without JavaScript.

    pages/sign_in    /desk/sign-in · /desk/sign-in/code · /desk/sign-out · /desk/password
    pages/second_step  /desk/second-step
    pages/people     /desk/people · /desk/people/{id}
    pages/queue      /desk · /desk/search
    pages/complaint  /desk/complaints/{number} · …/reveal · …/{act}
    pages/entry      /desk/new
    pages/approvals  /desk/approvals
    pages/urgent     /desk/urgent · /desk/urgent/{number} · …/report
    pages/rules      /desk/rules
    pages/conversations  /desk/conversations · /desk/conversations/{id}

What a person may do is asked of the ledger (``guideline.duties``); a button that is not there is only a courtesy.
"""

from backend.desk.pages import (
    approvals,
    complaint,
    conversations,
    entry,
    people,
    queue,
    rules,
    second_step,
    sign_in,
    urgent,
)

routers = (
    sign_in.router,
    second_step.router,
    queue.router,
    complaint.router,
    entry.router,
    approvals.router,
    conversations.router,
    people.router,
    urgent.router,
    rules.router,
)
