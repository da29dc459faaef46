"""The models: ``train``, ``read``, ``evaluate``."""

from typing import Annotated

import typer

from backend import training
from backend.commands.screen import InputFile, JsonFlag, out, print_json, progress_bar
from backend.errors import Malformed, Unavailable
from backend.reading import evaluate as evaluation
from backend.reading.reader import Reader
from backend.settings import get_settings


def train(force: Annotated[bool, typer.Option("--force", help="数据没有变化也重新训练。")] = False) -> None:
    """训练阅读模型和对话模型（数据没有变化则跳过）。"""
    with progress_bar() as progress:
        task = progress.add_task("训练", total=None)
        trained = training.train(
            get_settings(), force=force, progress=lambda line: progress.update(task, description=line)
        )
    out.print(f"训练完成：{'、'.join(trained)}。" if trained else "数据没有变化，无需训练。")


def read(file: InputFile) -> None:
    """读一批投诉文字：每行 {"id","text","channel"}，输出分类、触发项、情绪、字段和依据。"""
    try:
        for line in evaluation.read_lines(_reader(), file):
            print_json(line)
    except ValueError as error:
        raise Malformed("broken_line", f"文件里有读不懂的一行，请改正后重试：{error}") from error


def evaluate(file: InputFile, as_json: JsonFlag = False) -> None:
    """在已标注的文件上评测阅读模型。"""
    try:
        report = evaluation.evaluate(_reader(), file)
    except ValueError as error:
        raise Malformed("broken_line", f"文件里有读不懂的一行，请改正后重试：{error}") from error
    if as_json:
        print_json(report.to_dict())
    else:
        out.print(evaluation.table(report))


def _reader() -> Reader:
    folder = get_settings().reader_dir
    if not folder.exists():
        raise Unavailable("not_trained", "还没有阅读模型，请先运行 anfu train。")
    return Reader.load(folder)
