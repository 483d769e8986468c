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


"""What the tests of images as artifacts have in common."""

from __future__ import annotations

import configparser
import json
from typing import Any

import sqlalchemy as sa

from glance_artifacts.tests.functional.api import base as api_base
from glance_artifacts.tests.functional import databases
from glance_artifacts.tests.functional.glance import base

PATCH = {'Content-Type': 'application/openstack-images-v2.1-json-patch'}
OCTETS = {'Content-Type': 'application/octet-stream'}
BYTES = b'0123456789'


class ImageArtifactsTest(base.ImagesTest):
    """Works with the same images through both APIs."""

    def draft(self, *, token: str | None = None,
              **body: Any) -> dict[str, Any]:
        """An image that was made through us and has no bytes yet."""
        return self.create('images', token=token, **{
            'disk_format': 'raw', 'container_format': 'bare', **body})

    def filled(self, data: bytes = BYTES, **body: Any) -> dict[str, Any]:
        """An image that was made through us, with its bytes."""
        draft = self.draft(**body)
        self.upload(draft, data, 'file')
        return self.show(draft)

    def glances(self, artifact: dict[str, Any],
                **kwargs: Any) -> dict[str, Any]:
        """What /v2/images shows of an artifact."""
        return self.call('GET', '/images/' + artifact['id'], **kwargs).json()

    def ours(self, image: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        """What we show of an image."""
        return self.call('GET', '/artifacts/images/' + image['id'],
                         **kwargs).json()

    def patch_image(self, image: dict[str, Any], *operations: dict,
                    **kwargs: Any):
        """Send a patch to /v2/images, whatever comes of it."""
        return self.http('PATCH', '/images/' + image['id'], headers=PATCH,
                         data=json.dumps(operations),
                         token=kwargs.pop('token', self.member), **kwargs)

    def in_database(self, statement: str, **values: Any) -> list:
        """Do to Glance's tables what no API does."""
        conf = configparser.RawConfigParser()
        conf.read(self.server.state / 'etc' / 'glance-api.conf')
        engine = databases.engine_of(conf['database']['connection'])
        try:
            with engine.begin() as conn:
                found = conn.execute(sa.text(statement), values)
                return list(found) if found.returns_rows else []
        finally:
            engine.dispose()

    def set_status(self, image: dict[str, Any], status: str) -> None:
        """Put an image into a state that an import, or a crash, leaves."""
        self.in_database('UPDATE images SET status = :status WHERE id = :id',
                         id=image['id'], status=status)

    def publish_image(self, image: dict[str, Any]) -> None:
        self.addCleanup(self.http, 'DELETE', '/images/' + image['id'],
                        token=api_base.ADMIN)
        self.assertEqual(200, self.patch_image(
            image, {'op': 'replace', 'path': '/visibility',
                    'value': 'public'}, token=api_base.ADMIN).status_code)
