"""``anfu``: everything an operator, an engineer or a compliance officer does from a terminal.

Each command is imported only when it is called: ``anfu deadline`` need not wait for the reader's libraries.
"""

import sys
import warnings
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import typer
from rich.console import Console
from typer.core import TyperGroup

from backend.errors import Refusal


@dataclass(frozen=True, slots=True)
class Command:
    """Where a command stands: ``module.name`` is a function or a Typer group; ``help`` is its line in the overview."""

    module: str
    name: str
    help: str


COMMANDS = {
    "up": Command("run", "up", "启动全部进程，并打印地址。"),
    "serve": Command("run", "serve", "只启动对外服务（聊天、台账、处理台）。"),
    "worker": Command("run", "worker", "只启动后台任务。"),
    "db": Command("run", "db", "数据库：upgrade。"),
    "train": Command("models", "train", "训练阅读模型和对话模型（数据没有变化则跳过）。"),
    "read": Command("models", "read", "读一批投诉文字，输出分类、触发项、情绪、字段和依据。"),
    "evaluate": Command("models", "evaluate", "在已标注的文件上评测阅读模型。"),
    "chat": Command("talk", "chat", "在终端里与智能客服对话。"),
    "play": Command("talk", "play", "让脚本里的客户与正在运行的系统对话。"),
    "deadline": Command("law", "deadline", "按受理时间计算各项期限，并说明依据。"),
    "rulebook": Command("law", "rulebook", "规则手册：show。"),
    "calendar": Command("law", "calendar", "工作日历：import。"),
    "wording": Command("law", "wording", "用语检查：check。"),
    "people": Command("house", "people", "人员：add。"),
    "complaints": Command("house", "complaints", "投诉台账：show。"),
    "audit": Command("house", "audit", "留痕：verify、seal。"),
}


class Anfu(TyperGroup):
    """The overview, without importing what it lists."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        place = COMMANDS.get(cmd_name)
        if place is None:
            return None
        found = getattr(import_module(f"backend.commands.{place.module}"), place.name)
        if not isinstance(found, typer.Typer):
            group = typer.Typer(add_completion=False)
            group.command(cmd_name)(found)
            found = group
        return typer.main.get_command(found)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        with formatter.section("命令"):
            formatter.write_dl([(name, place.help) for name, place in COMMANDS.items()])


# Without typer's own tracebacks: they show the variables of every frame, and those hold what customers said.
app = typer.Typer(
    cls=Anfu, rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False, no_args_is_help=True
)


@app.callback()
def _anfu() -> None:
    """安抚：证券公司客户投诉专线。"""


def main() -> None:
    """The entry point: a Refusal is a sentence and exit status 1, never a traceback."""
    if not sys.warnoptions:
        warnings.simplefilter("ignore")  # libraries' notes to their developers are not for operators
    try:
        app()
    except Refusal as refusal:
        clause = f"（{refusal.clause}）" if refusal.clause else ""
        Console(stderr=True).print(f"[red]{refusal.say}[/red]{clause}")
        sys.exit(1)
