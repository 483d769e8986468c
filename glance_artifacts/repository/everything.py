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


"""Artifacts of several types, images among them, in one list."""

from __future__ import annotations

import dataclasses
from typing import Protocol

from glance_artifacts.db import ids
from glance_artifacts import exceptions
from glance_artifacts import policy
from glance_artifacts.repository import base
from glance_artifacts.repository.images import mapping
from glance_artifacts.repository.images import paging
from glance_artifacts.repository import ordering
from glance_artifacts.repository import orders
from glance_artifacts.repository import plans


class Lister(Protocol):
    """What has artifacts in order: a repository, or several."""

    def page(self, caller: policy.Caller, query: base.Query) -> base.Page:
        """See ``Repository.page``."""

    def place(self, caller: policy.Caller, query: base.Query,
              artifact_id: str) -> orders.Place:
        """See ``Repository.place``."""


class Everything:
    """What two repositories keep, in one order and by one marker."""

    def __init__(self, artifacts: Lister,
                 images: paging.Reader) -> None:
        self._artifacts = artifacts
        self._images = images

    def page(self, caller: policy.Caller, query: base.Query) -> base.Page:
        page = self._artifacts.page(caller, _among_artifacts(query))
        rows = [(orders.place(query.order, one), one)
                for one in page.artifacts]
        return merged(query, paging.Rows(rows, page.next),
                      self._page_of_images(caller, query))

    def place(self, caller: policy.Caller, query: base.Query,
              artifact_id: str) -> orders.Place:
        try:
            return self._artifacts.place(caller, query, artifact_id)
        except exceptions.NotFound:
            if mapping.TYPE not in query.listed_types:
                raise
            return self._images.place(caller, query, artifact_id)

    def _page_of_images(self, caller: policy.Caller,
                        query: base.Query) -> paging.Rows:
        types = query.listed_types
        if mapping.TYPE not in plans.type_names(query):
            return paging.Rows([], None)
        try:
            return self._images.page(caller, query)
        except (exceptions.Forbidden, exceptions.Unauthorized):
            if len(types) == 1:
                raise
            return paging.Rows([], None)  # one of the types to leave out


def _among_artifacts(query: base.Query) -> base.Query:
    """The query, from the same place as artifacts of our own know places.

    Their ids tell the time, which the id of an image does not.
    """
    if query.after is None or not query.order[0].by_id:
        return query
    values, row_id = query.after
    low, high = ids.bounds(values[0])
    return dataclasses.replace(query, after=(values,
                                             min(max(row_id, low), high)))


def merged(query: base.Query, *parts: paging.Rows) -> base.Page:
    """One page from several, each of which goes on behind its ``next``.

    Nothing is shown from behind a place where another part goes on: what
    comes there would be missed.
    """
    key = ordering.key(query)
    ends = [part.next for part in parts if part.next is not None]
    end = min(ends, key=key, default=None)
    rows = sorted((row for part in parts for row in part.rows
                   if end is None or key(row[0]) <= key(end)),
                  key=lambda row: key(row[0]))
    if len(rows) > query.limit:
        return ordering.cut(query, rows)
    return base.Page([artifact for _, artifact in rows], end)
