# Licensed under the Apache License, Version 2.0 (the "License"); you may
# not use this file except in compliance with the License. You may obtain
# a copy of the License at
#
#     http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
# WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
# License for the specific language governing permissions and limitations
# under the License.

"""Statements on the schemas of types that have, or had, artifacts."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa

from glance_artifacts.db import models

_TABLE = models.types


def get(conn: sa.Connection, type_name: str) -> dict[str, dict[str, Any]]:
    """The schemas of a type, by version."""
    rows = conn.execute(sa.select(_TABLE.c.type_version, _TABLE.c.schema)
                        .where(_TABLE.c.type_name == type_name))
    return {row.type_version: json.loads(row.schema) for row in rows}


def names(conn: sa.Connection) -> list[str]:
    """The names of all types that have a schema here."""
    return list(conn.scalars(sa.select(_TABLE.c.type_name).distinct()))


def put(conn: sa.Connection, type_name: str, type_version: str,
        schema: dict[str, Any]) -> None:
    """Keep a schema; the one kept before, if it was another, is gone."""
    text = json.dumps(schema, sort_keys=True)
    one = sa.and_(_TABLE.c.type_name == type_name,
                  _TABLE.c.type_version == type_version)
    kept = conn.scalar(sa.select(_TABLE.c.schema).where(one))
    if kept is None:
        conn.execute(sa.insert(_TABLE).values(
            type_name=type_name, type_version=type_version, schema=text))
    elif kept != text:
        conn.execute(sa.update(_TABLE).where(one).values(schema=text))
