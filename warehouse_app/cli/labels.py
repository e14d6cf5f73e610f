"""`labels`: layouts of labels, what they look like, and labels of places, totes, products, people and cartons."""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path

from warehouse_app.cli.context import Context
from warehouse_app.cli.papers import CannotWrite, save
from warehouse_app.cli.parsing import Commands, positive
from warehouse_app.cli.prints import open_queue, print_and_tell
from warehouse_app.documents.labels.checking import check_label
from warehouse_app.documents.labels.dots import Resolution
from warehouse_app.documents.labels.filling import Values, filled
from warehouse_app.documents.labels.kinds import KINDS, in_both_languages
from warehouse_app.documents.labels.layouts import LayoutLibrary, checked_layout
from warehouse_app.documents.labels.model import Label
from warehouse_app.documents.labels.writing import WRITERS
from warehouse_app.domain.errors import WarehouseError
from warehouse_app.language import mark, tr, tr_n
from warehouse_app.operations import label_values
from warehouse_app.station.label_choice import OWN_LAYOUTS, StationLayouts


class FormatNotKnown(WarehouseError):
    """A file whose name does not tell what is to be in it."""

    message = mark("{file}: the name must end in {known}, which tells what is written.")


class NowhereToPrint(WarehouseError):
    """Neither a file nor a printer was named, or both."""

    message = mark("Say either --to PRINTER, or --out FILE.")


class NothingToLabel(WarehouseError):
    """There is nothing of this kind yet."""

    message = mark("There is nothing to label yet.")


def add_commands(commands: Commands) -> None:
    """Labels."""
    labels = commands.group("labels", tr("labels and their layouts"))
    labels.add("layouts", list_layouts, tr("list the layouts"))
    preview = labels.add("preview", preview_layout, tr("what a layout looks like, with an example"))
    preview.add_argument("layout", metavar="LAYOUT")
    _add_output(preview)
    check = labels.add("check", check_layout, tr("whether a layout file can be used and its codes can be read"))
    check.add_argument("file", metavar="FILE.toml")
    _add_dpi(check)
    copy = labels.add("copy", copy_layout, tr("copy a layout to change it"))
    copy.add_argument("layout", metavar="LAYOUT")
    copy.add_argument("name", metavar="NEW-NAME")
    use = labels.add("use", use_layout, tr("print labels of a layout's kind with it at this station"))
    use.add_argument("layout", metavar="LAYOUT")
    made = labels.add("print", print_labels, tr("labels of these things, of all there are when none is named"))
    made.add_argument("kind", choices=label_values.KINDS)
    made.add_argument("names", metavar="NAME", nargs="*")
    made.add_argument("--layout", metavar="LAYOUT", help=tr("another layout than the usual one"))
    made.add_argument("--to", metavar="PRINTER", help=tr("print on this printer, as one batch"))
    made.add_argument("--copies", type=positive, default=1, metavar="N", help=tr("of each label"))
    made.add_argument("--no-separator", action="store_true", help=tr("no slip before the batch"))
    _add_output(made, required=False)


def list_layouts(context: Context, _arguments: Namespace) -> int:
    """`labels layouts`."""
    library = _library(context)
    rows = []
    for name in library.names():
        layout = library.layout(name)
        rows.append(
            {
                "layout": name,
                "kind": layout.kind,
                "title": layout.title,
                "width_mm": layout.size_mm[0],
                "height_mm": layout.size_mm[1],
                "own": library.is_own(name),
                "usual": library.usual(layout.kind) == name,
            }
        )
    lines = [f"{'*' if row['usual'] else ' '} {row['layout']:22} {row['kind']:9} {row['title']}" for row in rows]
    context.output.result(rows, "\n".join(lines))
    return 0


def preview_layout(context: Context, arguments: Namespace) -> int:
    """`labels preview`."""
    layout = _library(context).layout(arguments.layout)
    return _write(context, arguments, [filled(layout, KINDS[layout.kind].example)])


def check_layout(context: Context, arguments: Namespace) -> int:
    """`labels check`."""
    layout = checked_layout(Path(arguments.file))
    label = filled(layout, KINDS[layout.kind].example)
    resolution = Resolution(arguments.dpi)
    check_label(label, resolution)
    codes = [
        {"symbol": code.symbol.value, "reads": code.reads, "module_dots": code.module_dots(resolution.dots_per_mm)}
        for code in label.codes
    ]
    text = tr_n(
        "{n} code was read. The layout can be used.", "{n} codes were read. The layout can be used.", len(codes)
    )
    context.output.result({"layout": layout.name, "kind": layout.kind, "dpi": resolution.value, "codes": codes}, text)
    return 0


def copy_layout(context: Context, arguments: Namespace) -> int:
    """`labels copy`."""
    try:
        path = _library(context).copy(arguments.layout, arguments.name)
    except OSError as error:
        raise CannotWrite(file=str(context.home / OWN_LAYOUTS), reason=error.strerror or str(error)) from None
    context.output.result({"file": str(path)}, tr("Change {file}, then look at it with labels preview.", file=path))
    return 0


def use_layout(context: Context, arguments: Namespace) -> int:
    """`labels use`."""
    try:
        kind = _library(context).use(arguments.layout)
    except OSError as error:
        raise CannotWrite(file=str(context.home / OWN_LAYOUTS), reason=error.strerror or str(error)) from None
    text = tr("Labels of the kind {kind} are printed as {layout} here.", kind=kind, layout=arguments.layout)
    context.output.result({"kind": kind, "layout": arguments.layout}, text)
    return 0


def print_labels(context: Context, arguments: Namespace) -> int:
    """`labels print`."""
    if (arguments.to is None) is (arguments.out is None):
        raise NowhereToPrint
    found = context.database.read(label_values.label_values, arguments.kind, arguments.names)
    if not found:
        raise NothingToLabel
    labels = [in_both_languages(values) for values in found]
    if arguments.to is not None:
        return _print_on(context, arguments, labels)
    layout = StationLayouts(context.home).choose(arguments.kind, arguments.layout or "", None)
    return _write(context, arguments, [filled(layout, values) for values in labels for _ in range(arguments.copies)])


def _print_on(context: Context, arguments: Namespace, labels: Sequence[Values]) -> int:
    """One batch of this station's queue; what does not come out waits there."""
    title = "" if arguments.no_separator else " ".join([arguments.kind, *arguments.names[:1]])
    with open_queue(context) as queue:
        batch = queue.ask(
            arguments.kind, labels, queue.book.get(arguments.to).name, layout=arguments.layout or "",
            copies=arguments.copies, title=title,
        )  # fmt: skip
        return print_and_tell(context, queue, [arguments.to], batch=batch)


def _library(context: Context) -> LayoutLibrary:
    return LayoutLibrary(context.home / OWN_LAYOUTS)


def _write(context: Context, arguments: Namespace, labels: Sequence[Label]) -> int:
    write_labels(context, Path(arguments.out), Resolution(arguments.dpi), labels)
    return 0


def write_labels(context: Context, path: Path, resolution: Resolution, labels: Sequence[Label]) -> None:
    """Check every label, then write all of them in the format that the file's name tells.

    Raises FormatNotKnown, CodeTooWide, CodeReadsWrong, CannotWrite.
    """
    writer = WRITERS.get(path.suffix.lower())
    if writer is None:
        raise FormatNotKnown(file=path.name, known=", ".join(WRITERS))
    for done, label in enumerate(labels):
        check_label(label, resolution)
        context.output.progress(tr("{done} of {total} labels", done=done, total=len(labels)))
    save(path, writer(labels, resolution))
    text = tr_n("{n} label in {file}.", "{n} labels in {file}.", len(labels), file=path)
    context.output.result({"labels": len(labels), "file": str(path)}, text)


def _add_output(parser: ArgumentParser, *, required: bool = True) -> None:
    parser.add_argument(
        "--out", required=required, metavar="FILE", help=tr(".pdf, .zpl, .tspl, or .png for a look at it")
    )
    _add_dpi(parser)


def _add_dpi(parser: ArgumentParser) -> None:
    every = [resolution.value for resolution in Resolution]
    parser.add_argument("--dpi", type=int, choices=every, default=203, help=tr("dots an inch of the printer"))
