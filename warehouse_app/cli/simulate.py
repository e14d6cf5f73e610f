"""`station simulate`: real stations at work on a sample warehouse, under faults, and what came of it."""

import io
import json
import signal
import subprocess
import tempfile
from argparse import SUPPRESS, ArgumentTypeError, Namespace
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from warehouse_app.cli.context import Context
from warehouse_app.cli.output import table
from warehouse_app.cli.papers import CannotWrite
from warehouse_app.cli.parsing import Commands, positive
from warehouse_app.cli.simulation.cabling import ProxyCabling
from warehouse_app.cli.simulation.checker import Finding, Report, check
from warehouse_app.cli.simulation.conduct import Conductor, House, Ran
from warehouse_app.cli.simulation.namespaces import Namespace as NetworkNamespace
from warehouse_app.cli.simulation.namespaces import NamespaceCabling, NoNamespaces, why_no_namespaces
from warehouse_app.cli.simulation.orders import made_orders, missing_orders
from warehouse_app.cli.simulation.part import run_part
from warehouse_app.cli.simulation.plan import KINDS, Wish
from warehouse_app.cli.simulation.proxy import Network
from warehouse_app.cli.simulation.rows import is_file
from warehouse_app.cli.simulation.server import OwnServer
from warehouse_app.cli.simulation.ways import dialler
from warehouse_app.domain.errors import WarehouseError
from warehouse_app.language import mark, tr
from warehouse_app.operations.import_orders import import_orders
from warehouse_app.operations.keeping import upgrade_database
from warehouse_app.operations.sample import build_sample_warehouse, purpose_of

FAULTS_A_KIND = 4
SLOWEST_DRAIN_S = 10.0
VERIFY_S = 600.0


class NotASample(WarehouseError):
    """A warehouse that people work with is never simulated on."""

    message = mark(
        "The database of --database holds a warehouse that is in use. Leave --database out, or name a file that"
        " does not exist yet, for example --database simulated.db"
    )


class TwoDatabases(WarehouseError):
    """A server of its own and a database that is named contradict each other."""

    message = mark(
        "--engine starts a database of its own, so --database cannot be given with it. Leave one of them out."
    )


class NotEmptyFolder(WarehouseError):
    """The folder to keep a run in has something in it."""

    message = mark("{folder} is not empty. Name a folder for --keep that does not exist yet.")


class NotKept(WarehouseError):
    """A folder that holds no run."""

    message = mark("{folder} holds no simulated run: {reason}. Name a folder that --keep has filled.")


def add_command(commands: Commands) -> None:
    """The simulate command of the station group."""
    parser = commands.add("simulate", simulate, tr("work with many stations under faults, and prove what came of it"))
    parser.add_argument("--stations", type=positive, default=4, metavar="N", help=tr("so many stations"))
    parser.add_argument("--orders", type=positive, default=40, metavar="M", help=tr("so many orders"))
    parser.add_argument(
        "--seed", type=int, default=1, metavar="S", help=tr("chooses everything that is left to chance")
    )
    parser.add_argument(
        "--fault", type=_kinds, default=KINDS, metavar="LIST",
        help=tr("kinds of faults, parted by commas: {kinds}; none for none", kinds=", ".join(KINDS)),
    )  # fmt: skip
    parser.add_argument("--faults", type=int, metavar="N", help=tr("how many faults in all"))
    parser.add_argument(
        "--engine", choices=["sqlite", "postgresql"], help=tr("start a database of this kind for the run")
    )
    parser.add_argument(
        "--network", choices=["auto", "namespaces", "proxy"], default="auto",
        help=tr("what the network's faults are made by; namespaces need root, and --engine postgresql"),
    )  # fmt: skip
    parser.add_argument("--keep", metavar="DIR", help=tr("leave journals, logs and tables in this folder"))
    parser.add_argument("--check", metavar="DIR", help=tr("only prove a run that was kept in this folder"))
    parser.add_argument(
        "--pace-ms", type=positive, default=30, metavar="MS", help=tr("the longest pause between two scans")
    )
    parser.add_argument(
        "--longest-ms", type=positive, default=600, metavar="MS", help=tr("the longest that a fault lasts")
    )
    parser.add_argument("--no-counts", action="store_true", help=tr("leave out the counting at the end"))
    parser.add_argument("--limit-s", type=positive, default=600, metavar="S", help=tr("give up after so many seconds"))
    parser.add_argument("--part", action="store_true", help=SUPPRESS)


def simulate(context: Context, arguments: Namespace) -> int:
    """Run it, prove it, tell it: `station simulate`."""
    if arguments.part:
        return run_part(context)
    if arguments.check:
        return _check_again(context, Path(arguments.check))
    wish = Wish(
        arguments.stations, arguments.orders, arguments.seed, arguments.fault,
        FAULTS_A_KIND * len(arguments.fault) if arguments.faults is None else max(0, arguments.faults),
        pace_s=arguments.pace_ms / 1000, longest_s=arguments.longest_ms / 1000, limit_s=arguments.limit_s,
        counts=not arguments.no_counts,
    )  # fmt: skip
    with _stopped_once(), _folder(arguments.keep) as folder, _house(context, arguments, folder) as house:
        _prepare(context, house, wish)
        ran = Conductor(house, wish, context.output.progress).run()
        proof = _verify(context, house)
        report = check(folder)
        value = _value(wish, house, ran, report, proof)
        (folder / "result.json").write_text(json.dumps(value, indent=1), encoding="utf-8")
    context.output.result(value, _text(value, arguments.keep))
    return 1 if value["findings"] else 0


def _kinds(text: str) -> tuple[str, ...]:
    kinds = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    if kinds == ("none",):
        return ()
    for kind in kinds:
        if kind not in KINDS:
            raise ArgumentTypeError(
                tr("{kind} is no kind of fault; choose of {kinds}", kind=kind, kinds=", ".join(KINDS))
            )
    return kinds or KINDS


@contextmanager
def _stopped_once() -> Iterator[None]:
    """Whoever ends the run ends it once: a second Ctrl+C would leave behind what the first one's clearing up is at."""
    signals = [number for number in (signal.SIGINT, signal.SIGTERM) if signal.getsignal(number) != signal.SIG_IGN]

    heard: list[int] = []

    def stop(number: int, _frame: object) -> None:
        heard.append(number)
        if len(heard) == 1:
            raise KeyboardInterrupt

    before = {number: signal.signal(number, stop) for number in signals}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _folder(keep: str | None) -> Iterator[Path]:
    """Where the run leaves everything: the folder that was named, or one that is gone afterwards."""
    if keep is None:
        with tempfile.TemporaryDirectory(prefix="warehouse-simulate-") as folder:
            yield Path(folder)
        return
    folder_kept = Path(keep).absolute()
    try:
        folder_kept.mkdir(parents=True, exist_ok=True)
        if any(folder_kept.iterdir()):
            raise NotEmptyFolder(folder=keep)
    except OSError as error:
        raise CannotWrite(file=keep, reason=error.strerror or str(error)) from None
    yield folder_kept


@contextmanager
def _house(context: Context, arguments: Namespace, folder: Path) -> Iterator[House]:
    """The shared database: the one that was named, or one of the run's own."""
    program = context.program[: context.program.index("--database")]
    if context.database_is_named and arguments.engine:
        raise TwoDatabases
    own_server = arguments.engine == "postgresql"
    with ExitStack() as stack:
        if _uses_namespaces(context, arguments.network, own_server=own_server):
            yield _house_in_namespaces(context, folder, program, stack)
        elif own_server:
            context.output.progress(tr("Starting a database server"))
            server = OwnServer()
            stack.callback(server.stop)
            yield _house_behind_a_proxy(server.url, folder, program, stack, arguments.seed, server)
        elif context.database_is_named and not is_file(context.database_url):
            # Nobody else may be at work there, but it is not ours to end either.
            yield _house_behind_a_proxy(context.database_url, folder, program, stack, arguments.seed)
        else:
            file = context.database_url if context.database_is_named else str(folder / "warehouse.db")
            yield House(file, folder, program)


def _uses_namespaces(context: Context, wish: str, *, own_server: bool) -> bool:
    """Whether the network is parted by the kernel; a person hears why not. Raises NoNamespaces."""
    if wish == "proxy" or (wish == "auto" and not own_server):
        return False
    reason = why_no_namespaces() if own_server else tr("they need a server of the run's own, --engine postgresql")
    if reason and wish == "namespaces":
        raise NoNamespaces(reason=reason)
    if reason:
        context.output.progress(
            tr("The network's faults are made by a proxy, not by namespaces: {reason}", reason=reason)
        )
    return not reason


def _house_in_namespaces(context: Context, folder: Path, program: tuple[str, ...], stack: ExitStack) -> House:
    """A server in a network of its own, and every station in one of its own."""
    context.output.progress(tr("Starting a database server in a network namespace"))
    hub = stack.enter_context(NetworkNamespace())
    server = OwnServer(hub)
    stack.callback(server.stop)
    cabling = stack.enter_context(NamespaceCabling(hub, server.url_at))
    return House(server.url, folder, program, server, cabling)


def _house_behind_a_proxy(
    url: str, folder: Path, program: tuple[str, ...], stack: ExitStack, seed: int, server: OwnServer | None = None
) -> House:
    network = stack.enter_context(Network(dialler(url), seed))
    return House(url, folder, program, server, ProxyCabling(url, network))


def _prepare(context: Context, house: House, wish: Wish) -> None:
    """A sample warehouse with enough orders that wait to be released. Raises NotASample."""
    context.output.progress(tr("Building the sample warehouse"))
    database = context.open_at(house.url)
    try:
        if context.database_is_named:
            context.require_ready(database)
        else:
            upgrade_database(database)
        purpose = database.read(purpose_of)
        if not purpose:
            build_sample_warehouse(database, lambda _step: None)
        elif purpose != "sample":
            raise NotASample
        more = missing_orders(house.url, wish.orders, wish.seed)
        if more:
            file = io.BytesIO(made_orders(house.url, more, wish.seed))
            import_orders(database, "csv", "simulated", [file], readers=context.readers)
    finally:
        database.close()


def _verify(context: Context, house: House) -> dict[str, Any]:
    """What the product's own proof says, asked as a person would."""
    context.output.progress(tr("Proving the books"))
    words = (*house.program, "--database", house.url, "--home", str(house.folder / "home"), "verify", "--json")
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=VERIFY_S)  # noqa: S603 - ourselves
    try:
        found: dict[str, Any] = json.loads(done.stdout)
    except json.JSONDecodeError:
        return {"differences": [done.stderr.strip() or "verify said nothing"]}
    return found


def _value(wish: Wish, house: House, ran: Ran, report: Report, proof: Mapping[str, Any]) -> dict[str, Any]:
    findings = [*report.findings, *_findings_of_run(ran)]
    if proof["differences"]:
        findings.append(Finding("verify", f"verify finds {len(proof['differences'])} differences"))
    slowest = max((one.seconds for one in ran.drained), default=0.0)
    return {
        "facts": report.facts,
        "posted": report.posted,
        "lost": report.count("lost", "gap", "altered"),
        "doubled": report.count("doubled"),
        "oversold": report.count("oversold"),
        "discrepancies": report.discrepancies,
        "injected_contradictions": report.contradictions,
        "seconds": round(ran.seconds, 1),
        "verify": dict(proof),
        "stations": wish.stations,
        "orders": wish.orders,
        "seed": wish.seed,
        "network": house.cabling.kind if house.cabling else "",
        "phases": ran.phases,
        "faults": ran.acts,
        "drained": {"count": len(ran.drained), "slowest_s": round(slowest, 2)},
        "findings": [asdict(finding) for finding in findings],
    }


def _findings_of_run(ran: Ran) -> Iterator[Finding]:
    for crash in ran.crashes:
        yield Finding("crash", crash)
    for one in ran.drained:
        if one.seconds > SLOWEST_DRAIN_S:
            yield Finding("slow", f"{one.station} took {one.seconds:.1f} s to post {one.facts} facts after {one.act}")
    if not ran.finished:
        yield Finding("unfinished", "the run was ended before everything was worked off")


def _check_again(context: Context, folder: Path) -> int:
    try:
        report = check(folder)
    except (OSError, ValueError, KeyError) as error:
        raise NotKept(folder=str(folder), reason=str(error)) from error
    value: dict[str, Any] = {
        "facts": report.facts,
        "posted": report.posted,
        "discrepancies": report.discrepancies,
        "injected_contradictions": report.contradictions,
        "findings": [asdict(finding) for finding in report.findings],
    }
    context.output.result(value, "\n".join(_told(value["findings"])))
    return 1 if report.findings else 0


def _text(value: Mapping[str, Any], keep: str | None) -> str:
    rows = [
        (tr("Stations"), value["stations"], tr("Orders"), value["orders"]),
        (tr("Facts in the journals"), value["facts"], tr("Facts posted"), value["posted"]),
        (tr("Facts lost"), value["lost"], tr("Facts doubled"), value["doubled"]),
        (tr("Oversold"), value["oversold"], tr("Faults"), sum(value["faults"].values())),
        (tr("Contradictions on the floor"), value["injected_contradictions"], tr("Discrepancies in the books"),
         value["discrepancies"]),
    ]  # fmt: skip
    acts = ", ".join(f"{act} {count}" for act, count in sorted(value["faults"].items()))
    lines = [table(["", "", "", ""], rows), ""]
    if acts:
        lines.append(tr("Faults: {acts}", acts=acts))
    if value["network"]:
        lines.append(tr("The network's faults were made by: {means}", means=value["network"]))
    slowest = value["drained"]["slowest_s"]
    lines.append(
        tr(
            "{total} s in all; after a fault everything was posted within {slowest} s.",
            total=value["seconds"],
            slowest=slowest,
        )
    )
    if keep:
        lines.append(tr("Journals, logs and tables lie in {folder}.", folder=keep))
    return "\n".join([*lines, *_told(value["findings"])])


def _told(findings: list[dict[str, str]]) -> list[str]:
    if not findings:
        return [tr("Nothing is lost, doubled or sold twice.")]
    kinds = Counter(finding["kind"] for finding in findings)
    head = tr("Wrong: {kinds}", kinds=", ".join(f"{kind} {count}" for kind, count in kinds.items()))
    return [head, *(f"  {finding['kind']}: {finding['what']}" for finding in findings[:40])]
