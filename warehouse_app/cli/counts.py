"""Commands of the daily count: plan, sheet, status, approve, report."""

from argparse import Namespace
from datetime import UTC, date, datetime
from pathlib import Path

from warehouse_app.cli.context import Context
from warehouse_app.cli.orders import BadTime
from warehouse_app.cli.output import table
from warehouse_app.cli.paper_makers import count_report_paper, count_sheets_paper, imprint_of
from warehouse_app.cli.papers import page_count, save
from warehouse_app.cli.parsing import Commands, positive
from warehouse_app.domain.errors import WarehouseError
from warehouse_app.domain.wording import state_name
from warehouse_app.language import mark, tr
from warehouse_app.operations.business_days import current_business_day
from warehouse_app.operations.counting_approval import approve_counts
from warehouse_app.operations.counting_plan import plan_counts
from warehouse_app.operations.counting_report import count_report
from warehouse_app.operations.counting_sheet import count_sheets
from warehouse_app.operations.counting_status import CountedTask, count_status
from warehouse_app.operations.keeping import drain, seal_books
from warehouse_app.operations.reference import find_worker
from warehouse_app.operations.warehouses import read_house


class ApproverWanted(WarehouseError):
    """Nobody was named who approves."""

    message = mark("Name who approves with --worker BADGE: a supervisor or manager who did not count.")


def add_commands(commands: Commands) -> None:
    """The counts group."""
    counts = commands.group("counts", tr("the daily stock count"))
    planned = counts.add("plan", plan, tr("plan a count"))
    planned.add_argument("--location", action="append", metavar="C", help=tr("count this location; may be repeated"))
    planned.add_argument("--most", type=positive, default=40, metavar="N", help=tr("at most so many locations"))
    planned.add_argument("--worker", default="", metavar="BADGE")
    printed = counts.add("sheet", sheet, tr("print the sheets of a plan, or one sheet"))
    printed.add_argument("name", metavar="PLAN|SHEET")
    printed.add_argument("--out", metavar="FILE.pdf")
    shown = counts.add("status", status, tr("what is counted so far"))
    shown.add_argument("name", nargs="?", metavar="PLAN|SHEET")
    approved = counts.add("approve", approve, tr("approve what was counted"))
    approved.add_argument("name", metavar="PLAN|SHEET")
    approved.add_argument("--worker", metavar="BADGE", help=tr("who approves"))
    approved.add_argument("--reason", default="", metavar="R")
    approved.add_argument(
        "--without", action="append", default=[], metavar="STATION", help=tr("do not wait for this station: it is gone")
    )
    reported = counts.add("report", report, tr("the day's report"))
    reported.add_argument("--day", metavar="DATE", help=tr("the business day; today unless given"))
    reported.add_argument("--out", metavar="FILE.pdf")


def plan(context: Context, arguments: Namespace) -> int:
    """`counts plan`."""
    drain(context.database)
    worker = _worker(context, arguments.worker)
    done = context.database.write(plan_counts, worker, locations=arguments.location, most=arguments.most)
    value = {
        "plan": done.plan_no,
        "business_day": done.business_day,
        "sheets": [
            {"sheet": sheet.sheet_no, "locations": [place.location for place in sheet.locations]}
            for sheet in done.sheets
        ],
        "left_out": done.left_out,
    }
    rows = [(sheet.sheet_no, len(sheet.locations)) for sheet in done.sheets]
    text = tr("Plan {plan}:", plan=done.plan_no) + "\n" + table([tr("sheet"), tr("locations")], rows)
    context.output.result(value, text)
    return 0


def sheet(context: Context, arguments: Namespace) -> int:
    """`counts sheet`."""
    drain(context.database)
    sheets = context.database.read(count_sheets, arguments.name)
    value: dict[str, object] = {"sheets": sheets}
    if arguments.out:
        content = count_sheets_paper(sheets, imprint_of(context.database.read(read_house), datetime.now(UTC)))
        save(Path(arguments.out), content)
        value["pages"] = page_count(content)
    rows = [(one.sheet_no, line.location, line.sku, line.name) for one in sheets for line in one.lines]
    context.output.result(value, table([tr("sheet"), tr("location"), "SKU", tr("product")], rows))
    return 0


def status(context: Context, arguments: Namespace) -> int:
    """`counts status`."""
    drain(context.database)
    tasks = context.database.read(count_status, arguments.name)
    rows = [
        (
            task.sheet_no, task.location, state_name(task.state), task.booked, task.counted, task.variance,
            task.counted_by,
        )
        for task in tasks
    ]  # fmt: skip
    headings = [tr("sheet"), tr("location"), tr("state"), tr("booked"), tr("counted"), tr("variance"), tr("who")]
    text = table(headings, rows) if rows else tr("No count is planned.")
    context.output.result([_task(task) for task in tasks], text)
    return 0


def approve(context: Context, arguments: Namespace) -> int:
    """`counts approve`."""
    drain(context.database)
    if not arguments.worker:
        raise ApproverWanted
    worker = _worker(context, arguments.worker)
    done = context.database.write(
        approve_counts, worker, arguments.name, reason=arguments.reason, without=arguments.without
    )
    value = {
        "approved": [_task(task) for task in done.approved],
        "recounts": [_task(task) for task in done.recounts],
        "waiting": done.waiting,
        "waits_for": done.waits_for,
        "own": [_task(task) for task in done.own],
    }
    text = tr(
        "{approved} locations approved, {recounts} go to a recount by another person, {waiting} wait for stations.",
        approved=len(done.approved),
        recounts=len(done.recounts),
        waiting=len(done.waiting),
    )
    if done.waits_for:
        text += "\n" + tr("Waiting for: {stations}", stations=", ".join(done.waits_for))
    context.output.result(value, text)
    return 0


def report(context: Context, arguments: Namespace) -> int:
    """`counts report`."""
    drain(context.database)
    chosen = _day(arguments.day) if arguments.day else context.database.read(current_business_day)
    found = context.database.read(count_report, chosen)
    value: dict[str, object] = {
        "business_day": found.business_day,
        "planned": found.locations_planned,
        "counted": found.locations_counted,
        "without_variance": found.locations_without_variance,
        "accuracy": found.accuracy,
        "value_up_minor": found.value_up_minor,
        "value_down_minor": found.value_down_minor,
        "currency": found.currency,
        "variances": found.variances,
        "open": found.open_counts,
        "approved_by": found.approved_by,
    }
    if arguments.out:
        head = seal_books(context.database)
        content = count_report_paper(found, head, imprint_of(context.database.read(read_house), datetime.now(UTC)))
        save(Path(arguments.out), content)
        value |= {"pages": page_count(content), "head": head}
    text = tr(
        "{counted} of {planned} locations counted, {good} without a variance.",
        counted=found.locations_counted,
        planned=found.locations_planned,
        good=found.locations_without_variance,
    )
    context.output.result(value, text)
    return 0


def _worker(context: Context, badge: str) -> str:
    return context.database.read(find_worker, badge).worker if badge else ""


def _task(task: CountedTask) -> dict[str, object]:
    return {
        "plan": task.plan_no,
        "sheet": task.sheet_no,
        "location": task.location,
        "state": task.state,
        "round": task.round_no,
        "why": task.why,
        "booked": task.booked,
        "counted": task.counted,
        "variance": task.variance,
        "value_minor": task.value_minor,
        "counted_by": task.counted_by,
        "approved_by": task.approved_by,
        "lines": task.lines,
    }


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadTime(text=text) from None
