"""The columns of an Amplitude event: the fields that the Export API documents, typed.

A key of the export that cannot be a column's plain name loses its `$` (`$insert_id` is `insert_id`). What is not
declared here lies in `_extra`, under the name that Amplitude gave it.
"""

from __future__ import annotations

from typing import Any

from singer_kit.columns import BAG, BOOLEAN, INTEGER, KEY_UUID, NUMBER, TEXT, TIME, table

_TIMES = (
    "event_time client_event_time client_upload_time server_received_time server_upload_time processed_time "
    "user_creation_time"
)
_TEXTS = (
    "event_type user_id device_id insert_id platform os_name os_version device_brand device_carrier "
    "device_family device_manufacturer device_model device_type country region city dma language version_name "
    "start_version ip_address library data_type partner_id source_id insert_key amplitude_event_type "
    "amplitude_attribution_ids idfa adid"
)
_INTEGERS = "event_id session_id amplitude_id app schema"
_NUMBERS = "location_lat location_lng sample_rate"
_BOOLEANS = "paying is_attribution_event"
_BAGS = "event_properties user_properties global_user_properties group_properties groups data plan"

#: Names in the export that differ from the column's.
RENAMED = {"$insert_id": "insert_id", "$insert_key": "insert_key", "$schema": "schema"}

SCHEMA: dict[str, Any] = table(
    "uuid",
    KEY_UUID,
    {
        name: kind
        for names, kind in (
            (_TIMES, TIME),
            (_TEXTS, TEXT),
            (_INTEGERS, INTEGER),
            (_NUMBERS, NUMBER),
            (_BOOLEANS, BOOLEAN),
            (_BAGS, BAG),
        )
        for name in names.split()
    },
)

#: Columns whose text is a time without a zone in the export, in UTC.
TIME_COLUMNS = frozenset(_TIMES.split())
