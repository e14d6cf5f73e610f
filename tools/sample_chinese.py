"""Chinese names for the sample's goods, put together from a small hand-written dictionary.

A name is only given when every word of the English description is known; otherwise there is none. English puts
colour and motif behind the thing ("Lunch Bag Red Retrospot"), Chinese in front of it, so the describing words
behind the last thing move to the front, colours first.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

WORDS_FILE = Path(__file__).with_name("sample_words.txt")
LONGEST_PHRASE = 6
MISSPELT = {
    "ASSTD": "ASSORTED",
    "ASS": "ASSORTED",
    "ANT": "ANTIQUE",
    "HLDR": "HOLDER",
    "STRAWBERY": "STRAWBERRY",
    "STRAWBRY": "STRAWBERRY",
    "DEC": "DECORATION",
    "CHOC": "CHOCOLATE",
    "COL": "COLOUR",
    "PAISELY": "PAISLEY",
    "CANDL": "CANDLE",
    "BUTTERFILES": "BUTTERFLIES",
}
# What holds the goods, or comes with them, stands in front in Chinese.
PACKED_IN = {
    "IN BOX": "盒装",
    "IN GIFT BOX": "礼盒装",
    "IN TIN": "铁盒装",
    "IN BOWL": "碗装",
    "IN BAG": "袋装",
    "IN COTTON BAG": "棉袋装",
    "IN TUBE": "筒装",
    "IN WOOD BOX": "木盒装",
    "IN JEWELLED BOX": "宝石盒装",
    "JEWELLED BOX": "宝石盒装",
    "IN BASKET": "篮装",
    "IN A BUCKET": "桶装",
    "FOR 2": "双人",
    "WITH CUTLERY": "配餐具的",
    "WITH JARS": "配罐子的",
    "WITH PINK LID": "粉盖",
    "WITH GREEN LID": "绿盖",
    "WITH HOOKS": "带挂钩的",
    "WITH PEARLS": "珍珠",
    "WITH HANGING CAKES": "带悬挂蛋糕的",
    "+ HANGING CAKES": "带悬挂蛋糕的",
    "WITH LOVE HEART DESIGN": "爱心图案",
    "WITH STRAWBERRY DESIGN": "草莓图案",
    "WITH BIRDHOUSE": "带鸟屋的",
    "WITH WATERING CAN": "带洒水壶的",
    "WITH 2 BOTTLES": "带两瓶的",
    "WITH BELL": "带铃铛的",
    "WITH BELLS": "带铃铛的",
    "WITH BUTTERFLY": "带蝴蝶的",
    "WITH BIRD": "小鸟",
    "WITH FLOWER": "花朵",
    "ON STICK": "带插杆的",
}
COUNTED = (
    (re.compile(r"\b(?:SET|S) ?(?:OF ?|/)?(\d+)\b|\b(\d+) ?(?:PIECE|PC) SET\b"), "件套"),
    (re.compile(r"\bPACK (?:OF )?(\d+)\b"), "件装"),
    (re.compile(r"\bBOX (?:OF|/)? ?(\d+)\b"), "件盒装"),
    (re.compile(r"\b(\d+) (?:PIECE|PC)\b"), "件"),
    (re.compile(r"^(\d+)(?= [A-Z])(?! (?:TIER|DRAWER|HOOK|BASKET|DOOR)\b)"), "件装"),
)
NUMBERED = {
    "TIER": "层",
    "DRAWER": "抽",
    "HOOK": "钩",
    "BASKET": "篮",
    "DOOR": "门",
}
DIGITS = {"1": "单", "2": "双", "3": "三", "4": "四", "5": "五"}


@dataclass(frozen=True, slots=True)
class Word:
    kind: str
    chinese: str


@lru_cache(maxsize=1)
def dictionary() -> dict[str, Word]:
    """Upper-case English phrase to its Chinese word and class; a later class wins over an earlier one."""
    words: dict[str, Word] = {}
    kind = ""
    for line in WORDS_FILE.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            kind = line.strip("[]")
        elif line and not line.startswith("#"):
            for entry in line.split(";"):
                english, chinese = entry.split("=")
                words[english.strip().upper()] = Word(kind, chinese.strip())
    return words


def chinese_name(description: str) -> str:
    """The Chinese for an English description, or an empty text when a word of it is not known."""
    text = _plain(description)
    text, count = _take_count(text)
    text, packed = _take_packing(text)
    words = _words(text.split())
    if not words or not any(word.kind in {"thing", "motif"} for word in words):
        return ""
    ordered = _in_chinese_order(words)
    if ordered[0].kind == "and":
        return ""
    return packed + "".join(word.chinese for word in ordered) + count


def _plain(description: str) -> str:
    text = re.sub(r"[.,\"]", " ", description.upper())
    text = re.sub(r"\bSET(?=\d)", "SET ", text)
    return " ".join(MISSPELT.get(token, token) for token in text.split())


def _take_count(text: str) -> tuple[str, str]:
    for pattern, unit in COUNTED:
        found = pattern.search(text)
        if found:
            number = next(group for group in found.groups() if group)
            rest = " ".join((text[: found.start()] + " " + text[found.end() :]).split())
            return rest.removeprefix("OF "), number + unit
    return text, ""


def _take_packing(text: str) -> tuple[str, str]:
    for phrase, chinese in PACKED_IN.items():
        padded = f" {text} "
        if f" {phrase} " in padded:
            return " ".join(padded.replace(f" {phrase} ", " ", 1).split()), chinese
    return text, ""


def _words(tokens: list[str]) -> list[Word]:
    """Longest phrases first; an unknown word makes the whole list empty."""
    known = dictionary()
    words: list[Word] = []
    position = 0
    while position < len(tokens):
        if tokens[position] in DIGITS and position + 1 < len(tokens) and tokens[position + 1] in NUMBERED:
            words.append(Word("style", DIGITS[tokens[position]] + NUMBERED[tokens[position + 1]]))
            position += 2
            continue
        for length in range(min(LONGEST_PHRASE, len(tokens) - position), 0, -1):
            phrase = " ".join(tokens[position : position + length])
            if phrase in known:
                words.append(known[phrase])
                position += length
                break
        else:
            if tokens[position] not in {"AND", "&", "+"}:
                return []
            words.append(Word("and", "和"))
            position += 1
    return words


def _in_chinese_order(words: list[Word]) -> list[Word]:
    things = [place for place, word in enumerate(words) if word.kind == "thing"]
    last_thing = max(things or [place for place, word in enumerate(words) if word.kind == "motif"])
    behind = words[last_thing + 1 :]
    front = [word for word in behind if word.kind == "colour"] + [word for word in behind if word.kind != "colour"]
    return front + words[: last_thing + 1]
