"""How much less likely does the student find texts than its teacher?"""

from angelshare.audits.answers.token_rates import BITS_PER_BYTE, PERPLEXITY, measure_rates, rate_estimates
from angelshare.core.audit import Audit, AuditResult, AuditSettings, NoOptions
from angelshare.core.requests import Observations

METRICS = (PERPLEXITY, BITS_PER_BYTE)


class Perplexity(Audit[NoOptions]):
    """Perplexity and bits per byte of causal language models, on all texts and in slices.

    How a text is read is up to `models.causal`: after the token that begins texts, and in windows where it is longer
    than the model's context.
    """

    name = "perplexity"
    question = "How much less likely does the student find texts than its teacher?"
    kinds = ("likelihoods",)
    Options = NoOptions

    def measure(self, observations: Observations, settings: AuditSettings) -> AuditResult:
        """Return the rows of every contrast, and the perplexity and bits per byte of each model."""
        panel = observations.likelihoods()
        rates = measure_rates(panel, asked=settings.in_slices)
        return rates.result(self, estimates=rate_estimates(panel, settings.level))


AUDIT = Perplexity
