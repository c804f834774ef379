"""A fitted model as a document: the settings, and the weights that one estimation gave, to be read, kept and used again.

A run over the whole store fits; whatever compares single records afterwards uses the document, so that the same two records
weigh the same. Figures are written in full, so that what is read back gives the same scores to the last bit.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import numpy as np
import yaml
from pydantic import BaseModel, ConfigDict, Field

from analytics.resolution.errors import ModelError
from analytics.resolution.match_model import MatchModel, shipped_model
from analytics.resolution.model import Float64
from analytics.resolution.weights import Learned, Weights

_KINDS = ("match", "chance", "kin")
_Share = Annotated[float, Field(gt=0, le=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Shares(_Strict):
    """Shares by kind of pair: one entity, strangers, kin."""

    match: _Share
    chance: _Share
    kin: _Share

    def column(self) -> list[float]:
        return [self.match, self.chance, self.kin]


class _Learned(_Strict):
    """Judgements of persons that the weights were refitted to."""

    decisions: tuple[str, ...]
    same: Annotated[int, Field(ge=0)]
    different: Annotated[int, Field(ge=0)]


class FittedModel(_Strict):
    """The document. ``weights``: by feature and level; ``usual``: log2 of how common the values are on which pairs agree;
    ``pairs``: how many were looked at; ``names``, ``learned``: as in :class:`Weights`.
    """

    fitted: Literal[1]
    model: MatchModel
    shares: _Shares
    usual: dict[str, float]
    pairs: Annotated[int, Field(ge=0)]
    weights: dict[str, dict[str, _Shares]]
    names: str = ""
    learned: _Learned | None = None


def dump_fitted(weights: Weights) -> str:
    """The document of some weights as YAML, the same text for the same weights."""
    return yaml.safe_dump(_document(weights), sort_keys=False, allow_unicode=True, width=120)


def load_fitted(text: str, name: str) -> Weights:
    """Weights from a document.

    Args:
        text: YAML, or JSON, which is YAML too.
        name: What to call it in errors.

    Raises:
        ModelError: it is no such document, its weights do not fit the features and levels of its model, or the levels are not
            those that are compared today.
    """
    try:
        document = FittedModel.model_validate(yaml.safe_load(text))
        shipped = shipped_model(document.model.entity_type).features
    except (yaml.YAMLError, ValueError, OSError) as error:
        raise ModelError(f"{name}: {error}") from error
    for feature, words in document.model.features.items():
        if feature not in shipped or {*words.levels} != {*shipped[feature].levels}:
            raise ModelError(
                f"{name}: {feature!r} was compared in another way when this was fitted: use `ocb identity run` once more"
            )
    tables = {feature: _table(document, feature, name) for feature in document.weights}
    unknown = sorted(set(document.usual) - set(document.model.features))
    if unknown:
        raise ModelError(f"{name}: usual: the model has no feature {unknown[0]!r}")
    said = document.learned
    learned = Learned(said.decisions, said.same, said.different) if said is not None else None
    return Weights(
        document.model,
        tables,
        np.array(document.shares.column()),
        dict(document.usual),
        document.pairs,
        document.names,
        learned,
    )


def _document(weights: Weights) -> Mapping[str, Any]:
    levels = {name: [*weights.model.features[name].levels] for name in weights.tables}
    return {
        "fitted": 1,
        "model": weights.model.model_dump(mode="json"),
        "shares": _by_kind(weights.shares),
        "usual": {name: float(value) for name, value in weights.usual.items()},
        "pairs": int(weights.pairs),
        "weights": {
            name: {level: _by_kind(table[:, at]) for at, level in enumerate(levels[name])}
            for name, table in weights.tables.items()
        },
        **({"names": weights.names} if weights.names else {}),
        **({"learned": _judgements(weights.learned)} if weights.learned else {}),
    }


def _judgements(learned: Learned) -> dict[str, Any]:
    return {
        "decisions": [*learned.decisions],
        "same": learned.same,
        "different": learned.different,
    }


def _by_kind(column: Float64) -> dict[str, float]:
    return dict(zip(_KINDS, map(float, column), strict=True))


def _table(document: FittedModel, feature: str, name: str) -> Float64:
    """Shares of one feature, shape (3, levels), in the order of the model."""
    words = document.model.features.get(feature)
    if words is None:
        raise ModelError(f"{name}: weights: the model has no feature {feature!r}")
    said = document.weights[feature]
    odd = sorted(set(words.levels) ^ set(said))
    if odd:
        raise ModelError(
            f"{name}: weights: the level {odd[0]!r} of {feature!r} must stand in the model and in the weights"
        )
    return np.array([said[level].column() for level in words.levels]).T.copy()
