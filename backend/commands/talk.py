"""Speaking with the running product: ``play``, ``chat``."""

from typing import Annotated

import typer

from backend import player
from backend.commands.screen import InputFile, open_database, out, print_json, progress_bar, read_lines
from backend.settings import get_settings


def play(file: InputFile, url: Annotated[str | None, typer.Option(help="服务地址。")] = None) -> None:
    """让脚本里的客户与正在运行的系统对话，输出完整记录和结果。"""
    scripts = read_lines(file, "id", "turns")
    with progress_bar() as progress:
        for line in player.play_all(
            url or player.local_url(get_settings()), scripts, open_database(), progress=progress
        ):
            print_json(line)


def chat(url: Annotated[str | None, typer.Option(help="服务地址。")] = None) -> None:
    """在终端里与智能客服对话。"""
    player.chat(url or player.local_url(get_settings()), out)
