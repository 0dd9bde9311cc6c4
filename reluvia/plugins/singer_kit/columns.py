"""Column types as JSON Schema, and the schema of a raw table built from them."""

from __future__ import annotations

from typing import Any

TEXT: dict[str, Any] = {"type": ["string", "null"]}
INTEGER: dict[str, Any] = {"type": ["integer", "null"]}
NUMBER: dict[str, Any] = {"type": ["number", "null"]}
BOOLEAN: dict[str, Any] = {"type": ["boolean", "null"]}
#: A moment, written in RFC 3339 and in UTC: timestamptz in Postgres.
TIME: dict[str, Any] = {"type": ["string", "null"], "format": "date-time"}
#: An object whose keys nobody declares: jsonb in Postgres. Arrays are never declared and lie in `_extra`.
BAG: dict[str, Any] = {"type": ["object", "null"], "additionalProperties": True}

KEY_TEXT: dict[str, Any] = {"type": "string"}
KEY_UUID: dict[str, Any] = {"type": "string", "format": "uuid"}

#: Holds every field that the source sent and nobody declared; null when there is none.
EXTRA = "_extra"
#: When the source was found to have deleted the object; null while it lives.
DELETED_AT = "_deleted_at"


def table(key: str, key_type: dict[str, Any], columns: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The JSON Schema of a stream whose rows are known by one column.

    `columns` maps a column's name to its type, in the order of the table. `_extra` is added to every table.
    """
    return {
        "type": "object",
        "properties": {key: key_type, **columns, EXTRA: BAG},
        "required": [key],
    }
