"""Changes to the files of a model folder."""

import json

from safetensors.torch import load_file, save_file


def edit_fields(path, **changes):
    """Write these fields into a JSON file; None removes one."""
    fields = (json.loads(path.read_text()) if path.exists() else {}) | changes
    path.write_text(json.dumps({key: value for key, value in fields.items() if changes.get(key, 0) is not None}))


def edit_config(folder, **changes):
    """Write these fields into config.json; None removes one."""
    edit_fields(folder / "config.json", **changes)


def edit_tokenizer(folder, **changes):
    """Write these fields into tokenizer_config.json; None removes one."""
    edit_fields(folder / "tokenizer_config.json", **changes)


def edit_weights(folder, change):
    """Replace the weights by what `change` makes of them."""
    path = folder / "model.safetensors"
    save_file(change(load_file(path)), path, metadata={"format": "pt"})


def shard(folder, named, written=None):
    """Move the weights into one shard at `written`, and name `named` in an index."""
    whole = folder / "model.safetensors"
    weights = load_file(whole)
    whole.unlink()
    save_file(weights, folder / (written or named), metadata={"format": "pt"})
    index = {"metadata": {}, "weight_map": dict.fromkeys(weights, named)}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
