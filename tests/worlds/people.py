# ruff: noqa: SIM905 -- lists of names are read and kept as text
"""An invented city of people and companies with what makes them hard to tell apart: for files of many sources."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

MEN = """mohammed:muhammad,mohamed,mohammad william:bill,will,billy james:jim,jimmy david:dave thomas:tom,tommy robert:bob,rob,bobby
stephen:steven,steve daniel:dan,danny christopher:chris michael:mike,mick,micky andrew:andy,drew anthony:tony,antony
richard:rich,rick,dick joseph:joe,joey matthew:matt samuel:sam,sammy yusuf:youssef,yousuf ibrahim:ebrahim abdullah:abdallah
hussain:hussein,husain ahmed:ahmad,ahmet piotr:peter,pjotr tomasz:tomek krzysztof:krzys,kris pawel:paul sergei:sergey,serhiy
dmitri:dmitry,dima oleksandr:aleksandr,sasha nguyen: tariq:tarik,tareq omar:umar,omer ryan:rian liam: connor:conor kieran:kieron
sean:shaun,shawn declan: callum:calum euan:ewan rhys:rees gareth: dafydd:dai nathaniel:nat,nathan benjamin:ben,benny jonathan:jon,jonny
geoffrey:jeff,jeffrey phillip:philip,phil lawrence:laurence,larry graham:graeme stuart:stewart neil:neal alan:allan,allen""".split()  # fmt: skip
WOMEN = """fatima:fatma,fatimah aisha:ayesha,aysha maryam:mariam,miriam elizabeth:liz,beth,betty catherine:katherine,kate,cathy
margaret:maggie,peggy susan:sue,susie victoria:vicky,tori rebecca:becky,rebekah deborah:debbie,deb jennifer:jen,jenny
christine:chris,tina patricia:pat,trish sarah:sara,sally anna:ann,anne,annie katarzyna:kasia agnieszka:aga natalia:natalya,natasha
svetlana:sveta olena:elena,lena nicola:nicky,nicole siobhan:shivaun niamh:neve chloe: zoe: hannah:hanna theresa:teresa,terri
jacqueline:jackie,jacqui sandra:sandie abigail:abbie,abby alexandra:alex,sasha amina:aminah shabnam: gurpreet:gurprit manpreet:manprit
jaspreet:jasprit harpreet:harprit bronwen: carys: eilidh:ailie isla: heather: lesley:leslie""".split()  # fmt: skip
FAMILIES = """smith jones taylor brown williams wilson johnson davies robinson wright thompson evans walker white roberts green hall wood
jackson clarke khan patel singh ahmed ali hussain begum kaur shah malik iqbal mahmood akhtar rahman chowdhury uddin kowalski nowak
wisniewski wojcik kaminski ivanov petrov shevchenko kovalenko popescu ionescu hoxha gashi krasniqi nguyen tran li wang zhang chen
murphy kelly obrien oneill mccarthy doherty gallagher campbell stewart macdonald mackenzie robertson ferguson hughes lloyd griffiths
thornley ramsbottom birtwhistle sutcliffe braithwaite entwistle ogden hargreaves crabtree featherstone winstanley grimshaw pickles
oldroyd armitage haigh earnshaw dyson sykes garside kershaw schofield ashworth butterworth clegg duckworth fairclough greenhalgh
heywood higginbottom hindle holroyd horrocks leadbetter nuttall openshaw pilkington rawstron rigby rothwell seddon shufflebottom tattersall
turnbull unsworth wolstenholme yates abernethy balfour carruthers dalgleish""".split()  # fmt: skip
TOWNS = (("Bolton", "BL"), ("Derby", "DE"), ("Hull", "HU"), ("Leeds", "LS"), ("Luton", "LU"), ("Newport", "NP"), ("Oldham", "OL"), ("Slough", "SL"), ("Swansea", "SA"), ("Cardiff", "CF"), ("Bradford", "BD"), ("Preston", "PR"))  # fmt: skip
STREETS = tuple(f"{front} {back}" for front in "Church Mill Station Victoria Albert Queen King Park Moor Grange Bridge Canal Chapel Windsor Highfield Oak Green Leeds".split() for back in ("Street", "Road", "Lane", "Close", "Avenue", "Gardens"))  # fmt: skip
NICKS = "Spud Sparky Ghost Ace Doc Shorty Ginger Smiler Tank Whisper Bear Fingers Duke Flash Biscuit Nails Boots Razor".split()
TRADE = "Logistics Trading Motors Security Recruitment Lettings Consulting Foods Cleaning Scaffolding Transport Taxis Property Vapes Tyres Barbers".split()  # fmt: skip
MARKS = "Falcon Kestrel Harrow Delta Orion Cobalt Trident Bluebird Premier Unity Summit Quantum Apex Northern Castle Mercury Phoenix Granite Sterling Vertex".split()  # fmt: skip


@dataclass(frozen=True, slots=True)
class Home:
    """An address in parts."""

    flat: str
    number: str
    street: str
    town: str
    postcode: str


@dataclass(slots=True)
class Someone:
    """A person as they are."""

    entity: str
    given: str
    forms: tuple[str, ...]
    middle: str
    family: str
    sex: str
    born: tuple[int, int, int]
    homes: list[Home]
    phones: list[str]
    vehicles: list[str]
    pnc: str
    nick: str = ""


@dataclass(slots=True)
class Firm:
    """A company as it is."""

    entity: str
    number: str
    name: str
    home: Home
    phone: str
    directors: list[Someone] = field(default_factory=list)


class City:
    """People and firms; one household in six has a parent and child of one name, one in twelve twins."""

    def __init__(self, seed: int, people: int) -> None:
        self._rng = rng = Random(f"city {seed}")
        self.people: list[Someone] = []
        self.firms: list[Firm] = []
        while len(self.people) < people:
            self._household()
        self.agent = self.home()
        for _ in range(people * 2 // 7):
            self._firm()
        for nominee in rng.sample(self.people, max(2, people // 500)):
            for firm in rng.sample(self.firms, min(len(self.firms) // 3, 30)):
                firm.directors.append(nominee)

    def home(self) -> Home:
        """A new address."""
        rng = self._rng
        town, area = rng.choice(TOWNS)
        letters = "ABDEFGHJLNPQRSTUWXYZ"
        code = (
            f"{area}{rng.randrange(1, 30)} {rng.randrange(1, 10)}{rng.choice(letters)}{rng.choice(letters)}"
        )
        number = f"{rng.randrange(1, 220)}{rng.choice(['', '', '', 'a', 'b'])}"
        return Home(
            str(rng.randrange(1, 50)) if rng.random() < 0.25 else "", number, rng.choice(STREETS), town, code
        )

    def phone(self) -> str:
        """A new mobile number."""
        return f"07{self._rng.randrange(400, 600)}{self._rng.randrange(10**6):06d}"

    def _vrm(self) -> str:
        letters = "ABCDEFGHJKLMNOPRSTUVWXY"
        pick = self._rng.choice
        return f"{pick(letters)}{pick(letters)}{self._rng.randrange(2, 74):02d}{pick(letters)}{pick(letters)}{pick(letters)}"

    def _someone(self, family: str, home: Home, sex: str = "") -> Someone:
        rng = self._rng
        sex = sex or rng.choice("MMF")
        given, _, forms = rng.choice(MEN if sex == "M" else WOMEN).partition(":")
        middle = rng.choice(MEN if sex == "M" else WOMEN).partition(":")[0] if rng.random() < 0.4 else ""
        homes = [home] + ([self.home()] if rng.random() < 0.4 else [])
        born = (rng.randrange(1950, 2007), rng.randrange(1, 13), rng.randrange(1, 29))
        nick = (
            f"{rng.choice(NICKS)}{rng.choice(['', '', f' {rng.randrange(2, 9)}'])}"
            if rng.random() < 0.15
            else ""
        )
        someone = Someone(
            f"P{len(self.people):05d}", given, tuple(filter(None, forms.split(","))), middle, family, sex, born, homes,
            [self.phone() for _ in range(rng.choice((1, 1, 2, 3)))], [self._vrm() for _ in range(rng.choice((0, 1, 1, 2)))],
            f"{rng.randrange(60, 99)}/{rng.randrange(10**5)}{rng.choice('ABCDEFGH')}" if rng.random() < 0.2 else "", nick,
        )  # fmt: skip
        self.people.append(someone)
        return someone

    def _household(self) -> None:
        rng = self._rng
        family, home = FAMILIES[min(int(rng.expovariate(1 / 40)), len(FAMILIES) - 1)], self.home()
        head = self._someone(family, home)
        kind = rng.random()
        if kind < 0.16:
            child = self._someone(family, home, head.sex)
            child.given, child.forms = head.given, head.forms
            child.born = (head.born[0] + rng.randrange(18, 38), *child.born[1:])
        elif kind < 0.24:
            twin = self._someone(family, home, head.sex if rng.random() < 0.7 else "")
            twin.born = head.born
        elif kind < 0.5:
            self._someone(family, home, "F" if head.sex == "M" else "M")
        elif kind < 0.6:
            namesake = self._someone(family, self.home(), head.sex)
            namesake.given, namesake.forms = head.given, head.forms

    def _firm(self) -> None:
        rng = self._rng
        name = f"{rng.choice(MARKS)} {rng.choice([*MARKS, '', ''])} {rng.choice(TRADE)}".replace("  ", " ")
        home = self.agent if rng.random() < 0.15 else self.home()
        directors = rng.sample(self.people, rng.choice((1, 1, 2, 3)))
        self._add(name, home, directors)
        if rng.random() < 0.05:  # risen again under the old name
            self._add(name, home if rng.random() < 0.5 else self.home(), list(directors))
        elif rng.random() < 0.05:
            self._add(f"{name} {rng.choice(('Holdings', 'Properties', 'Group'))}", home, list(directors))

    def _add(self, name: str, home: Home, directors: list[Someone]) -> None:
        number = f"{self._rng.randrange(1, 17_000_000):08d}"
        self.firms.append(Firm(f"C{len(self.firms):05d}", number, name, home, self.phone(), directors))
