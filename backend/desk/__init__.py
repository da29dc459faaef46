"""The handlers' screen: server-rendered pages over the ledger and the transcripts. Every form works without JavaScript.

    pages/sign_in    /desk/sign-in · /desk/sign-out · /desk/password
    pages/queue      /desk · /desk/search
    pages/complaint  /desk/complaints/{number} · …/reveal · …/{act}
    pages/conversations  /desk/conversations · /desk/conversations/{id}

What a person may do is asked of the ledger (``guideline.duties``); a button that is not there is only a courtesy.
"""

from backend.desk.pages import complaint, conversations, queue, sign_in

routers = (sign_in.router, queue.router, complaint.router, conversations.router)
