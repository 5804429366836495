"""Tests of networks read from their folders."""

from pathlib import Path

import pytest
from transformers import AutoModelForCausalLM

from angelshare.core.errors import ModelError
from angelshare.models.bag import MlpConfig
from angelshare.models.opening import one_error


def test_a_network_of_another_type_is_named_without_the_hundreds_that_would_do():
    """Transformers lists them all."""
    with pytest.raises(ModelError) as raised, one_error(Path("small")):
        AutoModelForCausalLM.from_config(MlpConfig())
    assert str(raised.value) == "small cannot be loaded: AutoModelForCausalLM of transformers does not read MlpConfig."
