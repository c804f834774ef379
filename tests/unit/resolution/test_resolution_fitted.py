"""A fitted model is written and read without losing a bit, and a damaged one is refused by name."""

import json

import numpy as np
import pytest
import yaml

from analytics.resolution.comparer import Comparer
from analytics.resolution.errors import ModelError
from analytics.resolution.fitted import dump_fitted, load_fitted
from analytics.resolution.persons import PERSONS
from tests.unit.resolution.test_resolution_decide import crowd


@pytest.fixture(scope="module")
def fitted() -> Comparer:
    return Comparer(PERSONS, crowd())


def test_what_is_read_back_scores_the_same_to_the_last_bit(fitted: Comparer) -> None:
    text = dump_fitted(fitted.weights)
    again = Comparer(PERSONS, crowd(), weights=load_fitted(text, "kept.yaml"))
    assert np.array_equal(
        fitted.scores(fitted.candidates())[0], again.scores(again.candidates())[0], equal_nan=True
    )
    assert dump_fitted(again.weights) == text


def test_the_frozen_fit_brings_its_own_settings(fitted: Comparer) -> None:
    document = yaml.safe_load(dump_fitted(fitted.weights))
    document["model"]["auto"] = 3.5
    weights = load_fitted(yaml.safe_dump(document), "kept.yaml")
    assert Comparer(PERSONS, crowd(), weights=weights).model.auto == 3.5


def test_json_is_read_as_well(fitted: Comparer) -> None:
    text = dump_fitted(fitted.weights)
    assert dump_fitted(load_fitted(json.dumps(yaml.safe_load(text)), "kept.json")) == text


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda d: d["weights"].update({"shoe size": d["weights"]["family name"]}), "no feature 'shoe size'"),
        (lambda d: d["weights"]["family name"].pop("same"), "'same' of 'family name'"),
        (lambda d: d["weights"]["family name"]["same"].update(match=0), "match"),
        (lambda d: d["usual"].update({"shoe size": -3.0}), "no feature 'shoe size'"),
        (lambda d: d.update(fitted=2), "fitted"),
        (
            lambda d: d["model"]["features"]["e-mail"]["levels"].update(
                alike={"match": 0.1, "chance": 0.1, "kin": 0.1}
            ),
            "'e-mail' was compared in another way",
        ),
    ],
)
def test_a_damaged_document_is_refused_by_name(fitted: Comparer, damage, message: str) -> None:
    document = yaml.safe_load(dump_fitted(fitted.weights))
    damage(document)
    with pytest.raises(ModelError, match=r"^kept\.yaml: ") as refused:
        load_fitted(yaml.safe_dump(document), "kept.yaml")
    assert message in str(refused.value)
