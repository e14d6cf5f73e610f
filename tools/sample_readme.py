"""The note that lies beside the sample's files: where they come from, what was changed, what is invented."""

from collections import Counter
from collections.abc import Mapping, Sequence

from tools.sample_goods import Product
from tools.sample_source import HISTORY_BEGINS, TRADING_DAY, WEEK_BEGINS, Slice, is_goods
from tools.sample_stock import Needs, Shortage

TEXT = """\
# The sample warehouse

One real trading week of a British gift shop, {week_begins} to {trading_day}, in an invented warehouse. Written by
`python -m tools.build_sample ONLINE_RETAIL_CSV_GZ`; the same input gives the same bytes.

## Source and licence

Online Retail, Daqing Chen (2015), UCI Machine Learning Repository, <https://doi.org/10.24432/C5BW33>, licensed under
CC BY 4.0 (<https://creativecommons.org/licenses/by/4.0/>). Described in: Daqing Chen, Sai Laing Sain and Kun Guo,
"Data mining for the online retail industry", Journal of Database Marketing and Customer Strategy Management 19 (2012),
<https://doi.org/10.1057/dbm.2012.17>. The files derived from it here stand under the same licence.

## Changes made

- Cut to the orders of the week and, for `demand.csv.gz`, to units sold a product and day in the eight weeks before
  ({history_begins} to the day before the week; goods only).
- Times are local in the source; `+01:00` (summer time) is written with them. Invoice 552000 has two times a minute
  apart; the earlier one stands for the order.
- Lines keep the order of the source and are numbered from 1; equal lines stay apart. Codes keep the channel's spelling
  in orders (some lower case) and are upper case in `products.csv`.
- Descriptions are the most frequent one of paid sales over the whole source file, tidied from capitals to titles.
- The country "Unspecified" is taken for GB.
- One order was moved: see below.

## Invented

Names and addresses of recipients (only customer numbers and countries are real), phones and e-mail addresses, services,
priorities and notes; sizes, weights, GTINs (restricted range 20 and 21, valid check digits), case codes, unit costs
(45 to 65 % of the usual price), customs data, lot rules; suppliers, purchase orders, workers, locations, cartons,
services, carriers and the opening stock. Case quantities are the round number people most often bought. All of it
follows from hashes of the codes, so it never changes. Chinese names were put together by us from the English ones.

## How each quirk was treated

| what | rows in the week | treatment |
| --- | --- | --- |
| cancellations (C...) | {cancellations} in {cancelled_invoices} invoices | no orders; kept in `cancellations.csv` |
| negative quantity without C | {negative} | stock corrections: left out |
| price 0, no customer, the invoice's only row | {positive} | stock corrections and mail-outs: left out |
| accounting (invoice A...) | {accounting} | left out |
| price 0 beside other lines or with a customer | {free} | gifts and samples: kept as lines |
| postage, fees, vouchers, manual entries | {no_goods} | kept as lines; their products have stocked=no |
| exact duplicates | {duplicates} | kept as lines |
| code in lower case | {lower_case} | kept as written; products are found whatever the case |
| no customer number | {no_customer} lines | kept; each order has its own recipient |
| orders of postage, fees or vouchers only | {only_fees} orders | kept; nothing to pick |

## Moved into the week

| order | what | real time | here | why |
| --- | --- | --- | --- | --- |
| 541431 | 74,215 of 23166 | 2011-01-18 10:01 | 2011-05-10 10:01 | cancelled after 16 minutes: hold for review |

## Counts

| day | orders | lines | units | units of goods |
| --- | --- | --- | --- | --- |
{days}
| week | {orders} | {lines} | {units} | {goods_units} |

The moved order is not in this table: with it the files hold {all_orders} orders and {all_lines} lines, and the busy day
{day_orders} orders.

Products: {products}, of them {stocked} goods, {chinese} with a Chinese name, {cases} with a case code, {each} scanned
one by one, {lots} kept by lot and expiry.

## Short on purpose

{short} of the {week_products} goods ordered in the week have less opening stock than the busy day alone asks for:
{short_units} units short on that day, {short_week} in the whole week. {on_order} of them are on open purchase orders.
They are listed in `shortages.csv`; every other product's opening stock covers the week.
"""


def readme(sample: Slice, products: Sequence[Product], needs: Needs, shortages: Mapping[str, Shortage]) -> str:
    own = [order for order in sample.orders if not order.moved]
    lines = [line for order in own for line in order.lines]
    goods = [product for product in products if product.stocked]
    today = [order for order in sample.orders if order.time.date() == TRADING_DAY]
    short = shortages.values()
    return TEXT.format(
        week_begins=WEEK_BEGINS,
        trading_day=TRADING_DAY,
        history_begins=HISTORY_BEGINS,
        cancellations=sample.left_out["cancellation"],
        cancelled_invoices=len({row.invoice for row in sample.cancellations}),
        negative=sample.left_out["negative stock correction"],
        positive=sample.left_out["positive stock correction"],
        accounting=sample.left_out["accounting"],
        free=sum(line.unit_price == 0 for line in lines),
        no_goods=sum(not is_goods(line.sku) for line in lines),
        duplicates=sum(count - 1 for count in Counter(lines).values()),
        lower_case=sum(is_goods(line.sku) and line.sku != line.sku_as_written for line in lines),
        no_customer=sum(not line.customer for line in lines),
        only_fees=sum(not any(is_goods(line.sku) for line in order.lines) for order in own),
        days="\n".join(_days(sample)),
        orders=len(own),
        lines=len(lines),
        units=sum(line.quantity for line in lines),
        goods_units=sum(line.quantity for line in lines if is_goods(line.sku)),
        all_orders=len(sample.orders),
        all_lines=len(lines) + 1,
        day_orders=len(today),
        products=len(products),
        stocked=len(goods),
        chinese=sum(bool(product.name_zh) for product in goods),
        cases=sum(bool(product.case_quantity) for product in goods),
        each=sum(product.scan_each for product in goods),
        lots=sum(bool(product.shelf_life_days) for product in goods),
        short=len(shortages),
        week_products=sum(bool(needs.in_week[product.sku]) for product in goods),
        short_units=sum(one.ordered_on_day - one.opening_stock for one in short),
        short_week=sum(one.ordered_in_week - one.opening_stock for one in short),
        on_order=sum(bool(one.on_purchase_order) for one in short),
    )


def _days(sample: Slice) -> list[str]:
    rows = []
    for day in sorted({order.time.date() for order in sample.orders}):
        orders = [order for order in sample.orders if order.time.date() == day and not order.moved]
        lines = [line for order in orders for line in order.lines]
        goods = sum(line.quantity for line in lines if is_goods(line.sku))
        rows.append(f"| {day} | {len(orders)} | {len(lines)} | {sum(line.quantity for line in lines)} | {goods} |")
    return rows
