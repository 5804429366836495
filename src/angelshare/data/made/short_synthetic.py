"""Short texts from templates, each about every identity: bias by identity where no public set is at hand."""

from collections.abc import Iterator
from itertools import islice

from angelshare.core.errors import InputError
from angelshare.data.identities.grammar import generator_of, partly_filled, read_grammar
from angelshare.data.identities.swaps import with_gap
from angelshare.data.identities.terms import IDENTITY_TERMS, filled
from angelshare.data.texts.template_sets import TemplateText, template_set
from angelshare.data.texts.textset import TextSet


def short_synthetic(seed: int = 0, n_templates: int = 240) -> TextSet:
    """Return short texts about 23 identities, half of them toxic, with the same templates for every identity.

    A template is one of 48 frames with its other gaps filled; columns `template` and `identity` name both, and the
    texts of one frame are a cluster. Labels are balanced within every identity, so that an identity says nothing about
    the label. After the templates of Dixon et al. 2018; the frames are our own.

    Args:
        seed: of the words in the frames.
        n_templates: an even number; frames take turns while they have words left.

    Raises:
        InputError: for an odd number, none, or more than there are.
    """
    if n_templates <= 0 or n_templates % 2:
        raise InputError(f"{n_templates} templates were asked for. Ask for an even number: half of them are toxic.")
    grammar = read_grammar("short_frames")
    n_most = 2 * min(sum(map(grammar.fillings, frames)) for frames in grammar.frames.values())
    if n_templates > n_most:
        raise InputError(f"{n_templates} templates were asked for, and there are {n_most}. Ask for no more.")
    rows = [
        TemplateText(
            item=f"{kind}-{number:04d}/{term.name.replace(' ', '-')}",
            text=filled(template, term),
            label=label,
            cluster=frame,
            template=with_gap(template),
            columns={"identity": term.name},
        )
        for label, kind in enumerate(("non_toxic", "toxic"))
        for number, (frame, template) in enumerate(islice(_templates(kind, seed), n_templates // 2))
        for term in IDENTITY_TERMS
    ]
    return template_set("short_synthetic", ("non-toxic", "toxic"), rows)


def _templates(kind: str, seed: int) -> Iterator[tuple[str, str]]:
    """Yield every template of a kind behind its frame, the frames in turn."""
    grammar = read_grammar("short_frames")
    left = {frame: grammar.drawn(frame, generator_of(seed, frame)) for frame in grammar.frames[kind]}
    while left:
        for frame in list(left):
            words = next(left[frame], None)
            if words is None:
                del left[frame]
            else:
                yield frame, partly_filled(frame, words)
