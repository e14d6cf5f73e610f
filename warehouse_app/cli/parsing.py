"""The command line's shape: one parser a command, each with the options that every command takes."""

import gettext
import os
from argparse import SUPPRESS, ArgumentParser, _SubParsersAction
from typing import Any

from warehouse_app.cli.context import Run
from warehouse_app.language import language_in_use, mark, tr
from warehouse_app.resources import resource_path

WORDS_OF_ARGPARSE = (
    mark("usage: "),
    mark("positional arguments"),
    mark("options"),
    mark("show this help message and exit"),
    mark("argument %(argument_name)s: %(message)s"),
    mark("the following arguments are required: %s"),
    mark("unrecognized arguments: %s"),
    mark("invalid choice: %(value)r (choose from %(choices)s)"),
    mark("invalid %(type)s value: %(value)r"),
    mark("expected one argument"),
    mark("expected at least one argument"),
    mark("ambiguous option: %(option)s could match %(matches)s"),
)


def translate_argparse() -> None:
    """Have argparse find its own words in our catalogue: it asks gettext's default domain, which asks LANGUAGE."""
    gettext.bindtextdomain("warehouse_app", str(resource_path("locale")))
    gettext.textdomain("warehouse_app")
    os.environ["LANGUAGE"] = language_in_use()


def common_options(*, suppress: bool) -> ArgumentParser:
    """Options that may stand before or after the command. After it they must not overrule those before by defaults."""
    options = ArgumentParser(add_help=False, argument_default=None)
    default: dict[str, Any] = {}
    if suppress:
        default = {"default": SUPPRESS}
    options.add_argument("--database", metavar="URL", help=tr("the shared database"), **default)
    options.add_argument("--home", metavar="DIR", help=tr("this station's folder"), **default)
    options.add_argument("--language", choices=["en", "zh"], help=tr("the language of texts"), **default)
    options.add_argument("--json", action="store_true", help=tr("print JSON only"), **default)
    return options


def positive(text: str) -> int:
    """A whole number above zero; argparse turns the error into wrong usage."""
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


class Commands:
    """The commands of a program or of a group, as they are added."""

    def __init__(self, subparsers: "_SubParsersAction[ArgumentParser]", options: ArgumentParser) -> None:
        self._subparsers = subparsers
        self._options = options

    def add(self, name: str, run: Run, help_text: str) -> ArgumentParser:
        """A command that runs a function."""
        parser = self._subparsers.add_parser(name, parents=[self._options], help=help_text, description=help_text)
        parser.set_defaults(run=run)
        return parser

    def within(self, parser: ArgumentParser) -> "Commands":
        """Commands of a command that runs by itself, too."""
        return Commands(parser.add_subparsers(required=False, metavar=tr("command")), self._options)

    def group(self, name: str, help_text: str) -> "Commands":
        """A command that has commands of its own."""
        parser = self._subparsers.add_parser(name, help=help_text, description=help_text)
        return Commands(parser.add_subparsers(required=True, metavar=tr("command")), self._options)
