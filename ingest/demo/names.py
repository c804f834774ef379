"""Invented names: common forenames, surnames and business words that nobody bears together.

Surnames are put together from two word lists (``Quillthorpe``, ``Kettlegarth``) so that no real
family is meant; forenames are ordinary, because nicknames and variant spellings are what
identity resolution has to cope with.
"""

from __future__ import annotations

from itertools import accumulate
from random import Random
from typing import Final, NamedTuple


def words(text: str) -> tuple[str, ...]:
    """The words of a text: a list that people can read."""
    return tuple(text.split())


class Forename(NamedTuple):
    """A forename, its sex (``M`` or ``F``) and the short or variant forms in use."""

    name: str
    sex: str
    variants: tuple[str, ...]


def _table(sex: str, text: str) -> list[Forename]:
    rows = [row.split(":") for row in text.split()]
    return [Forename(row[0], sex, tuple(v for v in row[1].split(",") if v)) for row in rows]


_MEN = """William:Bill,Billy,Will Robert:Bob,Rob,Bobby James:Jim,Jimmy,Jamie Thomas:Tom,Tommy
Michael:Mick,Mike Richard:Dick,Rick,Rich Edward:Ted,Eddie,Ed Anthony:Tony Christopher:Chris,Kit
Daniel:Dan,Danny David:Dave,Davy Andrew:Andy,Drew Matthew:Matt Stephen:Steve,Steven Peter:Pete
Joseph:Joe,Joey Samuel:Sam,Sammy Benjamin:Ben Alexander:Alex,Sandy,Alec Nicholas:Nick,Nicky
Jonathan:Jon,Jonny Patrick:Pat,Paddy Gerald:Gerry,Jerry Lawrence:Larry,Laurence Philip:Phil,Phillip
Geoffrey:Geoff,Jeffrey Frederick:Fred,Freddie Harold:Harry Leonard:Len,Lenny Raymond:Ray
Mohammed:Muhammad,Mohamed,Mo Ahmed:Ahmad Yusuf:Yousef,Youssef Ibrahim:Ebrahim Hussein:Husain,Hussain
Sergei:Sergey,Serge Aleksandr:Alexandr,Sasha Dmitri:Dmitry,Dima Pawel:Paul Krzysztof:Kris Jakub:Kuba
Nathan:Nate Callum:Calum Connor:Conor,Conner Kieran:Kieron Liam: Owen: Rhys:Rees Craig: Darren:Daz
Wayne: Lee:Leigh Jason:Jase Kevin:Kev Simon:Si Stuart:Stewart,Stu Neil:Neal Graham:Graeme"""

_WOMEN = """Elizabeth:Liz,Beth,Betty,Lizzie Margaret:Maggie,Peggy,Meg Katherine:Kate,Kathy,Catherine
Patricia:Pat,Trish,Tricia Susan:Sue,Suzie Jacqueline:Jackie,Jacqui Christine:Chris,Tina,Christina
Deborah:Debbie,Debra Victoria:Vicky,Tori Rebecca:Becky,Becca Jennifer:Jen,Jenny Amanda:Mandy
Alexandra:Alex,Sandra Samantha:Sam Theresa:Terri,Tess Eleanor:Ellie,Nell Abigail:Abby,Gail
Stephanie:Steph Nicola:Nicky,Nikki Joanne:Jo,Joanna Dorothy:Dot,Dottie Frances:Fran,Frankie
Katarzyna:Kasia Agnieszka:Aga Malgorzata:Gosia Natalia:Natalya Yelena:Elena,Lena Tatiana:Tanya
Fatima:Fatimah Aisha:Ayesha,Aysha Zainab:Zaynab Mariam:Maryam,Miriam Nadia:Nadya Leila:Layla
Charlotte:Lottie,Charlie Isabella:Bella,Isobel Olivia:Liv,Ollie Georgina:Georgie Harriet:Hattie
Philippa:Pippa Rosemary:Rose,Rosie Sarah:Sara,Sally Rachel:Rachael Hannah:Hanna Louise:Lou
Donna: Tracey:Tracy Sharon:Shaz Michelle:Shell Claire:Clare Gemma:Jemma Kerry:Keri Lindsay:Lyndsey"""

FORENAMES: Final[dict[str, list[Forename]]] = {"M": _table("M", _MEN), "F": _table("F", _WOMEN)}

_STARTS = words(
    "Bram Quill Thistle Ember Wyver Corb Dapple Fennel Grims Jasper Kettle Lantern Nettle Orrin Pell "
    "Quarr Russet Sable Tansy Umber Vellum Whistle Yarrow Zephyr Bracken Cinder Dusk Flint Gorse Hazel"
)
_ENDS = words("wick thorpe mere strand combe garth holt beck dyke worth stow fold spire lathe")
# Families whose names are written in more than one way, all of them invented.
_TRANSLITERATED = words(
    "Zhelinskov/Jelinskov Quramani/Qurameny Dragulesque/Dragulesk Szczurbek/Szcurbek Rahmanullat/Rehmanulat "
    "Kwabendu/Quabendu Vashenkoi/Vashenkoy Ferrandaí/Ferrandai Ozdemirel/Özdemirel Nguyvanh/Nguvanh"
)

SURNAME_VARIANTS: Final[dict[str, str]] = {
    pair.partition("/")[0]: pair.partition("/")[2] for pair in _TRANSLITERATED
}
_PLAIN = [start + end for end in _ENDS for start in _STARTS]
SURNAMES: Final[list[str]] = [*_PLAIN[:10], *SURNAME_VARIANTS, *_PLAIN[10:]]
# A few surnames are common and most are rare, so namesakes occur as they do in life.
_SURNAME_WEIGHTS = list(accumulate(1.0 / (rank + 6) for rank in range(len(SURNAMES))))

BUSINESS_HEADS: Final[tuple[str, ...]] = words(
    "Alderquill Brindlemoor Copperwisp Driftanvil Elmlantern Foxthimble Glasskestrel Harrowfinch Inkwherry "
    "Juniperloom Kestrelwick Larchbell Mothgate Needlebrook Otterquay Pewterfold Quincebarn Rookmantle "
    "Saltwhistle Teaselmark Umberline Vetchway Willowcog Xyloft Yewbarrel Zincfeather"
)
BUSINESS_TAILS: Final[tuple[str, ...]] = (
    "Trading", "Services", "Solutions", "Group", "Partners", "Enterprises", "Supplies", "& Sons"
)  # fmt: skip
# What a company says it does: a word for its name, and its SIC line as Companies House prints it.
TRADES: Final[tuple[tuple[str, str], ...]] = (
    ("Cafe", "56102 - Unlicensed restaurants and cafes"),
    ("Haulage", "49410 - Freight transport by road"),
    ("Hair", "96020 - Hairdressing and other beauty treatment"),
    ("Homes", "41202 - Construction of domestic buildings"),
    ("Systems", "62020 - Information technology consultancy activities"),
    ("Stores", "47110 - Retail sale in non-specialised stores with food, beverages or tobacco predominating"),
    ("Motors", "45200 - Maintenance and repair of motor vehicles"),
    ("Lettings", "68209 - Other letting and operating of own or leased real estate"),
    ("Cleaning", "81210 - General cleaning of buildings"),
    ("Textiles", "46410 - Wholesale of textiles"),
    ("Catering", "56210 - Event catering activities"),
    ("Recruitment", "78200 - Temporary employment agency activities"),
)
NICKNAMES: Final[tuple[str, ...]] = words(
    "Sparky Ghost Tank Smiler Badger Lefty Professor Cricket Ferret Duchess Magpie Bishop Copper Wick"
)


def surname(rng: Random) -> str:
    """A surname, common ones more often."""
    return rng.choices(SURNAMES, cum_weights=_SURNAME_WEIGHTS)[0]


def forename(rng: Random, sex: str) -> str:
    """A forename for the sex ``M`` or ``F``."""
    return rng.choice(FORENAMES[sex]).name


_VARIANTS = {row.name: row.variants for rows in FORENAMES.values() for row in rows}


def forename_variant(rng: Random, name: str) -> str:
    """A short or variant form of the forename, or the name itself where it has none."""
    variants = _VARIANTS.get(name, ())
    return rng.choice(variants) if variants else name
