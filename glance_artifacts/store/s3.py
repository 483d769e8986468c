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

"""Stores of kind s3, from the outside."""

from __future__ import annotations

from collections.abc import Iterator
import datetime
import email.utils
import functools
from typing import Any

from glance_artifacts.store import search


class Search(search.Search):
    """Looks through the bucket of a store.

    :param driver: a configured one
    """

    def __init__(self, driver) -> None:
        # as the driver makes one for each request
        self._client = driver._create_s3_client()
        self._bucket = driver.bucket

    def objects(self, prefix: str) -> Iterator[search.Object]:
        """Objects, then uploads in parts that were neither ended nor aborted.

        The store keeps the parts of these, and shows them nowhere else.
        """
        try:
            yield from self._objects(prefix)
            yield from self._uploads(prefix)
        except self._client.exceptions.NoSuchBucket:
            pass  # nothing has been stored yet

    def _objects(self, prefix: str) -> Iterator[search.Object]:
        for page in self._pages('list_objects_v2', prefix):
            for one in page.get('Contents', ()):
                yield search.Object(
                    one['Key'], _age(page, one['LastModified']),
                    functools.partial(self._client.delete_object,
                                      Bucket=self._bucket, Key=one['Key']))

    def _uploads(self, prefix: str) -> Iterator[search.Object]:
        for page in self._pages('list_multipart_uploads', prefix):
            for one in page.get('Uploads', ()):
                yield search.Object(
                    one['Key'], _age(page, one['Initiated']),
                    functools.partial(self._abort, one['Key'],
                                      one['UploadId']))

    def _pages(self, operation: str, prefix: str) -> Iterator[dict[str, Any]]:
        return iter(self._client.get_paginator(operation).paginate(
            Bucket=self._bucket, Prefix=prefix))

    def _abort(self, key: str, upload: str) -> None:
        try:
            self._client.abort_multipart_upload(
                Bucket=self._bucket, Key=key, UploadId=upload)
        except self._client.exceptions.NoSuchUpload:
            pass


def _age(page: dict[str, Any], since: datetime.datetime) -> float:
    now = email.utils.parsedate_to_datetime(
        page['ResponseMetadata']['HTTPHeaders']['date'])
    return max(0.0, (now - since).total_seconds())
