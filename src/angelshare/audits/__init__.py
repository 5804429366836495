"""Audits: one question about a comparison per file, and in the sub-folders what several of them share."""
