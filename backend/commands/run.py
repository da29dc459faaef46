"""Running the product: ``up``, ``serve``, ``worker``, ``db upgrade``."""

import os
import sys
from typing import Annotated, Literal

import typer
import uvicorn

from backend import demo, supervisor
from backend.accounts import service as accounts
from backend.clock import now
from backend.commands.screen import open_database, out
from backend.db import migrate
from backend.guideline import rulebook as rulebooks
from backend.settings import get_settings

db = typer.Typer(no_args_is_help=True, help="数据库。")


@db.callback()
def _db() -> None:
    """数据库。"""


def up(demo_data: Annotated[bool, typer.Option("--demo", help="填入虚构的人员和投诉，便于试用。")] = False) -> None:
    """启动全部进程（机器人、动作、服务、后台任务），并打印地址。"""
    supervisor.take_over(demo=demo_data)


def serve(
    surface: Annotated[
        Literal["public", "desk", "all"] | None,
        typer.Option(help="开哪一边的门：public 客户，desk 员工，all 全部（默认取 ANFU_SURFACE）。"),
    ] = None,
) -> None:
    """只启动对外服务（聊天、台账、处理台）。"""
    settings = get_settings()
    settings.surface = surface or settings.surface
    uvicorn.run(
        "backend.app:create_app", factory=True, host=settings.host, port=settings.port, log_config=None,
        access_log=False, timeout_graceful_shutdown=5, server_header=False,
    )  # fmt: skip


def worker() -> None:
    """只启动后台任务。"""
    command = [
        "-m",
        "celery",
        "-A",
        "backend.jobs",
        "worker",
        "-B",
        "-P",
        "solo",
        "--without-gossip",
        "--without-mingle",
    ]
    os.execv(sys.executable, [sys.executable, *command, "--loglevel", get_settings().log_level])


@db.command("upgrade")
def db_upgrade(demo_data: Annotated[bool, typer.Option("--demo", help="填入虚构的人员和投诉。")] = False) -> None:
    """把数据库结构升级到最新；空台账会建好组织机构和一名系统管理员。"""
    migrate.upgrade(get_settings().db_url)
    with open_database().write() as session:
        accounts.seed_organisation(session, now=now())
        administrator = accounts.create_administrator(session, now=now())
        filled = demo_data and demo.fill(session, rulebook=rulebooks.load(), now=now())
    if administrator is not None:
        out.print(
            f"系统管理员 [bold]{administrator.login}[/bold] 的一次性密码（只显示这一次）："
            f"[bold]{administrator.one_time_password}[/bold]"
        )
    if filled:
        logins = "、".join(person.login for person in demo.PEOPLE)
        out.print(f"已填入虚构的人员和投诉。登录名 {logins}，密码 [bold]{demo.PASSWORD}[/bold]")
