"""People, trail and complaints from a terminal: ``people add``, ``audit verify | seal``, ``complaints show``."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from backend.accounts import service as accounts
from backend.audit import seals
from backend.audit import store as audit_store
from backend.audit.actor import SYSTEM
from backend.clock import now
from backend.commands.screen import JsonFlag, open_database, out, print_json, progress_bar
from backend.errors import NotFound
from backend.ledger import service as ledger
from backend.ledger import store as ledger_store
from backend.ledger import views as ledger_views
from backend.settings import get_settings

people = typer.Typer(no_args_is_help=True, help="人员。")
audit = typer.Typer(no_args_is_help=True, help="留痕：不可篡改的操作记录。")
complaints = typer.Typer(no_args_is_help=True, help="投诉台账。")


@people.callback()
def _people() -> None:
    """人员。"""


@audit.callback()
def _audit() -> None:
    """留痕：不可篡改的操作记录。"""


@complaints.callback()
def _complaints() -> None:
    """投诉台账。"""


@people.command("add")
def people_add(
    login: Annotated[str, typer.Argument(help="登录名。")],
    name: Annotated[str, typer.Argument(help="姓名。")],
    unit: Annotated[str, typer.Option(help="部门编号（见规则手册 units.yml）。")],
    role: Annotated[list[str], typer.Option(help="角色，可多次给出。")],
) -> None:
    """新增一名人员，打印一次性密码。"""
    with open_database().write() as session:
        account = accounts.create_person(
            session, login=login, name=name, unit=unit, roles=tuple(role), by=SYSTEM, now=now()
        )
    out.print(f"{name}（{account.login}）的一次性密码：[bold]{account.one_time_password}[/bold]，首次登录须修改。")


@audit.command("verify")
def audit_verify(
    as_json: JsonFlag = False,
    folder: Annotated[
        Path | None, typer.Option("--seals", help="校验点所在文件夹，可用另存的副本；默认为本机的。", file_okay=False)
    ] = None,
) -> None:
    """核对留痕链条和全部校验点；有一处被改动或末尾被截去即指出是哪一条，并以状态 1 结束。"""
    folder = folder or get_settings().seals_dir
    with open_database().read() as session, progress_bar() as progress:
        task = progress.add_task("核对留痕", total=audit_store.count(session))
        result = seals.verify(session, folder=folder, progress=lambda done: progress.update(task, completed=done))
    if as_json:
        print_json({
            "ok": result.ok, "entries": result.entries, "broken_at": result.broken_at, "reason": result.reason
        })  # fmt: skip
    elif result.ok:
        upto = max((one.seq for one in seals.read(folder)), default=0)
        out.print(f"[green]链条完整：{result.entries} 条留痕全部一致，前 {upto} 条已封存。[/green]")
    elif result.broken_at:
        out.print(f"[red]第 {result.broken_at} 条留痕不一致：{result.reason}[/red]")
    else:
        out.print(f"[red]校验点有误：{result.reason}[/red]")
    sys.exit(0 if result.ok else 1)


@audit.command("seal")
def audit_seal(as_json: JsonFlag = False) -> None:
    """封存留痕：为链条当前的末尾签名，存到数据库以外（后台任务每小时自动进行）。"""
    settings, database = get_settings(), open_database()
    signer = seals.load_signer(settings.keys_dir / "seal.pem")
    with database.write() as session:
        made = seals.seal(session, signer=signer, folder=settings.seals_dir, now=now())
    with database.read() as session:
        seals.export(session, signer=signer, folder=settings.seals_dir)
    if as_json:
        print_json({"sealed": made is not None, "number": made and made.number, "entries": made and made.seq})
    elif made:
        out.print(f"[green]第 {made.number} 号校验点已封存，覆盖前 {made.seq} 条留痕。[/green]")
    else:
        out.print("上次封存以来没有新的留痕，无须封存。")


@complaints.command("show")
def complaints_show(
    number: Annotated[str, typer.Argument(help="投诉编号。")],
    reveal: Annotated[str | None, typer.Option(help="查看完整个人信息的理由（会留痕）。")] = None,
) -> None:
    """打印一件投诉；个人信息默认遮蔽，给出理由才显示。"""
    database = open_database()
    if reveal:
        with database.write() as session:
            print_json(ledger.export(session, number, reveal=reveal, by=SYSTEM, now=now()))
    else:
        with database.read() as session:
            complaint = ledger_store.by_number(session, number)
            if complaint is None:
                raise NotFound("no_such_complaint", "没有这个编号的投诉，请核对后再试。")
            print_json(ledger_views.export(session, complaint, revealed=False))
