"""The model of one entity type as a YAML file says it: features, their levels, what rules a pair out, thresholds."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

from analytics.resolution.errors import ModelError


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FeatureWords(_Strict):
    """One feature: the most bits that it may give, however rare its agreement, and its levels in order."""

    most: Annotated[float, Field(gt=0)]
    levels: dict[str, LevelWords]


class LevelWords(_Strict):
    """One level: its share among pairs of one entity (``match``), of strangers that blocking brought together
    (``chance``), and of those who are near each other without being one (``kin``: a household, an agent's address).
    """

    match: Annotated[float, Field(gt=0, le=1)]
    chance: Annotated[float, Field(gt=0, le=1)]
    kin: Annotated[float, Field(gt=0, le=1)]


class ConflictWords(_Strict):
    """A pair on which every feature named is at one of the levels named cannot be one entity.

    Where ``certain``, no data can say otherwise, and the estimation knows it; else the conflict counts only where such
    levels are rare among pairs of one entity. How rare is learned from pairs that share a number of their own
    (``told_by`` of the model) or, where too few do, from pairs that are not at the levels of ``kin``: those who are near
    each other without being one are like that, and would pass for slips.
    """

    name: str
    certain: bool = False
    slips: Annotated[float, Field(gt=0, le=1)] = 0.05
    when: dict[str, list[str]]
    kin: dict[str, list[str]] = {}


class MatchModel(_Strict):
    """One model file. ``auto`` and ``review`` are bits; ``sample`` and the strengths count pairs. Where a
    pair is at a ``vague`` level, the features of ``alone`` do not make it one entity by themselves.
    """

    model: Literal[1]
    entity_type: str
    strength: Annotated[float, Field(ge=0)] = 200
    chance_strength: Annotated[float, Field(ge=0)] = 1_000
    kin_strength: Annotated[float, Field(ge=0)] = 200
    pull: Annotated[float, Field(ge=0)] = 0.25
    kin_pull: Annotated[float, Field(ge=0)] = 4.0
    sample: Annotated[int, Field(ge=1000)] = 300_000
    rare: Annotated[float, Field(ge=0, le=1)] = 0.5
    rare_bits: Annotated[float, Field(ge=0)] = 4
    floor: float = -14
    ceiling: float = 14
    auto: float = 0
    review: float = -4
    features: dict[str, FeatureWords]
    vague: dict[str, list[str]] = {}
    alone: list[str] = []
    conflicts: list[ConflictWords] = []
    lifted_by: dict[str, list[str]] = {}
    told_by: dict[str, list[str]] = {}

    def numbers(self, feature: str, levels: Sequence[str]) -> list[int]:
        """The level numbers of some levels of a feature."""
        names = [*self.features[feature].levels]
        return [names.index(level) + 1 for level in levels]


@cache
def shipped_model(entity_type: str) -> MatchModel:
    """The model that comes with the platform."""
    text = files("analytics.resolution") / "models" / f"{entity_type.lower()}.yaml"
    return parse_model(text.read_text(encoding="utf-8"), f"{entity_type.lower()}.yaml")


def parse_model(text: str, name: str) -> MatchModel:
    """A model from YAML.

    Raises:
        ModelError: it is no YAML, has a word that is not known, or names a level that its feature does not have.
    """
    try:
        model = MatchModel.model_validate(yaml.safe_load(text))
    except (yaml.YAMLError, ValueError) as error:
        raise ModelError(f"{name}: {error}") from error
    named = [(c.name, levels) for c in model.conflicts for levels in (c.when, c.kin)]
    named += [("lifted_by", model.lifted_by), ("told_by", model.told_by)]
    for where, levels in named:
        for feature, several in levels.items():
            unknown = [
                level
                for level in several
                if level not in (model.features[feature].levels if feature in model.features else ())
            ]
            if unknown:
                raise ModelError(f"{name}: {where}: the feature {feature!r} has no level {unknown[0]!r}")
    return model
