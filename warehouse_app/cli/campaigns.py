"""Commands about units set aside and what may be promised: campaigns, buffers, atp."""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from datetime import datetime

from warehouse_app.cli.context import Context
from warehouse_app.cli.orders import parse_time
from warehouse_app.cli.output import table
from warehouse_app.cli.parsing import Commands
from warehouse_app.domain.errors import WarehouseError
from warehouse_app.domain.wording import state_name
from warehouse_app.language import mark, tr
from warehouse_app.operations.campaigns import (
    Campaign,
    CampaignChange,
    CampaignRequest,
    add_campaign,
    change_campaign,
    end_campaign,
    list_campaigns,
)
from warehouse_app.operations.keeping import drain
from warehouse_app.operations.offers import (
    Buffer,
    available_to_promise,
    list_buffers,
    remove_buffer,
    set_buffer,
)


class NothingToChange(WarehouseError):
    """A change that changes nothing."""

    message = mark("Say what is to change: --quantity, --until or both.")


def add_commands(commands: Commands) -> None:
    """campaigns, buffers, atp."""
    _add_campaigns(commands.group("campaigns", tr("set units aside for a sale or a channel, until a time")))
    buffers = commands.group("buffers", tr("units that are not offered to a channel"))
    for name, run, text in (
        ("set", set_one, tr("keep units from being offered to a channel")),
        ("remove", remove_one, tr("offer everything to a channel again")),
    ):
        parser = buffers.add(name, run, text)
        _channel(parser, required=True)
        parser.add_argument("--sku", default="", metavar="S", help=tr("of this product instead of every product"))
        if name == "set":
            parser.add_argument("--units", type=int, required=True, metavar="N")
    buffers.add("list", show_buffers, tr("list the buffers"))
    promise = commands.add("atp", show_promises, tr("what may still be promised, by channel"))
    promise.add_argument("sku", nargs="?", metavar="SKU")
    _channel(promise, required=False)


def _add_campaigns(group: Commands) -> None:
    new = group.add("add", add, tr("set units of a product aside"))
    new.add_argument("campaign", metavar="NAME")
    new.add_argument("--sku", required=True, metavar="S")
    new.add_argument("--quantity", type=int, required=True, metavar="N")
    _channel(new, required=False)
    new.add_argument("--owner", default="", metavar="O")
    new.add_argument(
        "--from", dest="starts", metavar="TIME", help=tr("not before this time (UTC unless it names a zone)")
    )
    new.add_argument("--until", required=True, metavar="TIME", help=tr("until this time (UTC unless it names a zone)"))
    new.add_argument("--reason", default="", metavar="R")
    _partly(new)
    changed = group.add("change", change, tr("change quantity or end of a campaign"))
    changed.add_argument("campaign", metavar="NAME")
    changed.add_argument("--sku", metavar="S")
    changed.add_argument("--owner", metavar="O")
    changed.add_argument("--quantity", type=int, metavar="N")
    changed.add_argument("--until", metavar="TIME", help=tr("until this time (UTC unless it names a zone)"))
    _partly(changed)
    ended = group.add("end", end, tr("end a campaign now: what is left can be sold by everyone"))
    ended.add_argument("campaign", metavar="NAME")
    ended.add_argument("--sku", metavar="S")
    listed = group.add("list", show, tr("list the campaigns that run or are planned"))
    listed.add_argument("--all", action="store_true", dest="ended", help=tr("also those that have ended"))


def add(context: Context, arguments: Namespace) -> int:
    """`campaigns add`."""
    drain(context.database)
    request = CampaignRequest(
        arguments.campaign,
        arguments.sku,
        arguments.quantity,
        parse_time(arguments.until),
        _moment(arguments.starts),
        arguments.channel or "",
        arguments.owner,
        arguments.reason,
        arguments.partly,
    )
    done = context.database.write(add_campaign, request, "")
    context.output.result(done, _text([done]))
    return 0


def change(context: Context, arguments: Namespace) -> int:
    """`campaigns change`."""
    if arguments.quantity is None and arguments.until is None:
        raise NothingToChange
    drain(context.database)
    wanted = CampaignChange(
        arguments.sku, arguments.owner, arguments.quantity, _moment(arguments.until), arguments.partly
    )
    done = context.database.write(change_campaign, arguments.campaign, wanted, "")
    context.output.result(done, _text(done))
    return 0


def end(context: Context, arguments: Namespace) -> int:
    """`campaigns end`."""
    drain(context.database)
    done = context.database.write(end_campaign, arguments.campaign, arguments.sku, "")
    context.output.result(done, _text(done))
    return 0


def show(context: Context, arguments: Namespace) -> int:
    """`campaigns list`."""
    drain(context.database)
    found = context.database.read(list_campaigns, ended=arguments.ended)
    context.output.result(found, _text(found) if found else tr("No campaign is planned or runs."))
    return 0


def set_one(context: Context, arguments: Namespace) -> int:
    """`buffers set`."""
    done = context.database.write(set_buffer, arguments.channel, arguments.sku, arguments.units)
    context.output.result(done, _buffer_text([done]))
    return 0


def remove_one(context: Context, arguments: Namespace) -> int:
    """`buffers remove`."""
    done = context.database.write(remove_buffer, arguments.channel, arguments.sku)
    context.output.result(done, tr("The buffer of {channel} is gone.", channel=done.channel))
    return 0


def show_buffers(context: Context, _arguments: Namespace) -> int:
    """`buffers list`."""
    found = context.database.read(list_buffers)
    context.output.result(found, _buffer_text(found) if found else tr("No channel has a buffer."))
    return 0


def show_promises(context: Context, arguments: Namespace) -> int:
    """`atp`."""
    drain(context.database)
    found = context.database.read(available_to_promise, arguments.sku, arguments.channel)
    headings = ["SKU", tr("owner"), tr("channel"), tr("on hand"), tr("sellable"), tr("reserved"), tr("campaigns")]
    headings += [tr("buffer"), tr("held"), tr("available")]
    context.output.result(
        [one._asdict() for one in found], table(headings, found) if found else tr("Nothing in stock.")
    )
    return 0


def _channel(parser: ArgumentParser, *, required: bool) -> None:
    text = tr("a sales channel, or one shop of it: csv/web")
    parser.add_argument("--channel", required=required, metavar="C", help=text)


def _partly(parser: ArgumentParser) -> None:
    parser.add_argument("--partly", action="store_true", help=tr("take what is free where it is less"))


def _moment(text: str | None) -> datetime | None:
    return parse_time(text) if text is not None else None


def _text(campaigns: Sequence[Campaign]) -> str:
    headings = [tr("campaign"), "SKU", tr("channel"), tr("state"), tr("units"), tr("left"), tr("drawn")]
    headings += [tr("shipped"), tr("given back"), tr("missing"), tr("starts (UTC)"), tr("ends (UTC)")]
    rows = [
        (one.campaign, one.sku, one.channel, state_name(one.state), one.quantity, one.remaining, one.drawn, one.shipped,
         one.released, one.missing, f"{one.starts_at:%Y-%m-%d %H:%M}", f"{one.ends_at:%Y-%m-%d %H:%M}")
        for one in campaigns
    ]  # fmt: skip
    return table(headings, rows)


def _buffer_text(buffers: Sequence[Buffer]) -> str:
    rows = [(one.channel, one.sku or tr("every product"), one.units) for one in buffers]
    return table([tr("channel"), "SKU", tr("units")], rows)
