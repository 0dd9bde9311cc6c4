"""Failures in words: what failed, where, and what to do. None of them holds a secret."""

from __future__ import annotations


class SourceError(Exception):
    """A source that cannot be read. The text is a whole sentence for the person who reads the run record."""


class NotPermitted(SourceError):
    """The key is good, but may not read this (HTTP 403)."""


class NotFound(SourceError):
    """The source knows no such thing (HTTP 404)."""


class TooLarge(SourceError):
    """The source would rather be asked for less at once."""


class BadBody(SourceError):
    """The answer arrived and is not what it should be; asking again may help."""
